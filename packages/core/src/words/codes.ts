import type { Token } from "./tokens.ts";

/** A code, such as `E-1042` or `v2.0.1`: who asks for one means no other. */
export interface Code {
  /** Its forms as one word, with signs and without. */
  readonly wholes: readonly string[];
  readonly parts: readonly string[];
}

const DIGITS = /\p{N}/gu;
const LEAST_DIGITS = { withSigns: 2, without: 5 };
const LETTER = /\p{L}/u;
const SIGN = /[^\p{L}\p{N}\p{M}]/u;
/** A version without a letter, an internet address. */
const IS_DOTTED = /^\p{N}+(?:\.\p{N}+){2,}$/u;
/** Many write versions without it. */
const VERSION = "v";

/** The first codes, at most so many. Numbers, dates and words with a digit, such as `3d` and `1980s`, are none: they may be written otherwise. */
export function codesOf(tokens: readonly Token[], most: number): Code[] {
  const codes = new Map<number, Token>();
  for (const token of tokens) {
    // Its forms are at the same place.
    if (codes.size < most && token.beside === "identifier" && isCode(token.word)) codes.set(token.start, token);
  }
  return Array.from(codes.values(), ({ start, end }) => {
    const within = tokens.filter((token) => token.start >= start && token.end <= end);
    const wordsOf = (beside: Token["beside"]) => within.flatMap((each) => (each.beside === beside ? [each.word] : []));
    return { wholes: wordsOf("identifier"), parts: wordsOf(undefined) };
  });
}

function isCode(word: string): boolean {
  const digits = word.match(DIGITS)?.length ?? 0;
  const least = SIGN.test(word) ? LEAST_DIGITS.withSigns : LEAST_DIGITS.without;
  return IS_DOTTED.test(word) || (LETTER.test(word) && digits >= least);
}

interface Weighing {
  /** True if a unit has the code. */
  readonly has: (code: Code) => boolean;
  /** The rarity of a code that no unit has. */
  readonly rarity: number;
}

/** The share of a query, 0 to 1, that is codes which no unit has. Their parts do not count. */
export function absentShare(
  codes: readonly Code[],
  words: readonly { readonly word: string; readonly rarity: number }[],
  { has, rarity }: Weighing,
): number {
  const absent = codes.filter((code) => !has(code));
  if (absent.length === 0) return 0;
  const theirs = new Set(absent.flatMap(({ wholes, parts }) => [...wholes, ...parts]));
  const others = words.reduce((sum, each) => sum + (theirs.has(each.word) ? 0 : each.rarity), 0);
  const codesTogether = absent.length * rarity;
  return codesTogether / (codesTogether + others);
}

/** The ways in which a text may have the parts of a code, one after the other. */
export function writtenParts({ parts }: Code): (readonly string[])[] {
  return parts[0] === VERSION ? [parts, parts.slice(1)] : [parts];
}
