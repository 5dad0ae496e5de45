import { equalForms, isExactNumber } from "./exact-numbers.ts";
import type { Token } from "./tokens.ts";

/** A code, such as `E-1042`, or an exact number, such as `20.95`: who asks for one means no other. */
export interface Code {
  /** The words as which a query asks for it. */
  readonly words: readonly string[];
  /** The forms in which a text may have it as one word. */
  readonly wholes: readonly string[];
  readonly parts: readonly string[];
  /** True for a name with a number, such as `mp3`. Texts may have the name alone, unless they have it with other numbers. */
  readonly isNumberedName: boolean;
}

/** A word of a query, or an identifier with its parts. */
export interface Written {
  /** The forms of an identifier as one word; that with all its signs is the last. */
  readonly wholes: readonly Token[];
  readonly parts: readonly Token[];
}

const DIGITS = /\p{N}/gu;
const LEAST_DIGITS = { withLetters: 5, withLettersAndSigns: 2, withSigns: 7 };
const LETTER = /\p{L}/u;
const SIGN = /[^\p{L}\p{N}\p{M}]/u;
const IS_NUMBER = /^[\p{N}.,'’]+$/u;
/** A version without a letter, an internet address. */
const IS_DOTTED = /^\p{N}+(?:\.\p{N}+){2,}$/u;
/** `2024-05-13`, `13.05.2024`, `1990-1995`. */
const IS_DATE =
  /^(?:\p{N}{4}\P{N}\p{N}{1,2}\P{N}\p{N}{1,2}|\p{N}{1,2}\P{N}\p{N}{1,2}\P{N}\p{N}{4}|\p{N}{4}\P{N}\p{N}{4})$/u;
/** Without them it is another version: `v14.2.22`, `v1.42.22`. */
const HAS_POINTS = /\p{L}.*\p{N}\.\p{N}/u;
const IS_NUMBERED_NAME = /^\p{L}.*\p{N}/u;

/** The first codes, at most so many. Dates, years and words such as `3d` and `1980s` are none: they may be written otherwise. */
export function codesOf(written: readonly Written[], most: number): Code[] {
  const codes: Code[] = [];
  for (const each of written) {
    if (codes.length === most) break;
    const [wholes, parts] = [each.wholes, each.parts].map((tokens) => tokens.map(({ word }) => word)) as [
      string[],
      string[],
    ];
    const forms = wholes.length > 0 ? wholes : parts;
    if (forms.some((form) => IS_DATE.test(form))) continue;
    const isNumberedName = !forms.some(isCode);
    if (isNumberedName && !forms.some((form) => IS_NUMBERED_NAME.test(form))) continue;
    const same = forms.some((form) => HAS_POINTS.test(form)) ? forms.slice(-1) : forms;
    const others = same.flatMap(equalForms);
    codes.push({ words: [...wholes, ...parts], wholes: [...new Set([...same, ...others])], parts, isNumberedName });
  }
  return codes;
}

/** The words and identifiers of a query in its order. */
export function writtenIn(tokens: readonly Token[]): Written[] {
  const all: Written[] = [];
  for (const token of tokens) {
    if (token.beside === undefined) all.push({ wholes: [], parts: [token] });
    if (token.beside !== "identifier") continue;
    // Its parts and its other form come directly before it.
    const own = all.splice(all.findLastIndex(({ parts }) => parts[0]!.start < token.start) + 1);
    all.push({ wholes: [...own.flatMap(({ wholes }) => wholes), token], parts: own.flatMap(({ parts }) => parts) });
  }
  return all;
}

function isCode(word: string): boolean {
  const digits = word.match(DIGITS)?.length ?? 0;
  const hasSigns = SIGN.test(word);
  if (LETTER.test(word)) return digits >= (hasSigns ? LEAST_DIGITS.withLettersAndSigns : LEAST_DIGITS.withLetters);
  if (IS_NUMBER.test(word)) return IS_DOTTED.test(word) || isExactNumber(word);
  return hasSigns && digits >= LEAST_DIGITS.withSigns;
}
