import { type Code, codesOf, writtenIn } from "./codes.ts";
import { SPACELESS } from "./folded-words.ts";
import { type Token, tokensOf } from "./tokens.ts";
import { writtenForms } from "./written-forms.ts";

export interface WordQuery {
  readonly words: readonly QueryWord[];
  /** Codes outside of quotes; what is in quotes must be there anyway. */
  readonly codes: readonly Code[];
  /** All words as they follow one another. */
  readonly sequence: readonly string[];
  /** What a unit must have. */
  readonly phrases: readonly Phrase[];
  /** What a question quotes. A unit that has it as it is answers rather than others, which may answer too. */
  readonly quotations: readonly Phrase[];
  /** What no unit of an entry may have: words and phrases after a minus. */
  readonly without: readonly Phrase[];
}

/** Words in quotes. */
export interface Phrase {
  /** They follow one another. A single one may also be beside others, as `wellknown` is beside `well` and `known`. */
  readonly words: readonly string[];
  /** Identifiers among them, each as a whole: `c++` is no `c`. Those that have parts may be parts of longer ones: `usr/bin`. */
  readonly identifiers: readonly string[];
}

export interface QueryWord {
  readonly word: string;
  /** True for an identifier as a whole, which says more than its parts in any order. */
  readonly isIdentifier?: boolean | undefined;
  /** Of an identifier that has several. */
  readonly parts?: readonly string[] | undefined;
  /** True for the last word of a query that does not end with a space: it may not be typed to its end. */
  readonly isLast?: boolean | undefined;
  /** True for a word in quotes or a part of an identifier: no word of near meaning is meant. */
  readonly isLiteral?: boolean | undefined;
  /** The word together with a neighbour, as texts may write it: "secretary bird" as `secretarybird`. */
  readonly compounds?: readonly string[] | undefined;
  /** Other forms of an identifier: a version without its `v`. */
  readonly forms?: readonly string[] | undefined;
}

/** What goes beyond these numbers is ignored, which bounds the cost of a query. */
const MOST = { words: 64, phrases: 16, wordsOfPhrase: 16, compounds: 8, codes: 8 };
/** No quote may hold its own opening sign, so that a text of such signs is read in one pass. */
const QUOTED =
  /(?<minus>(?<=^|\s)-)?(?:"([^"]*)"|“([^“”]*)”|„([^„“”]*)[“”]|«([^«»]*)»|»([^«»]*)«|「([^「」]*)」|『([^『』]*)』)/gu;
const EXCLUDED = /(?<=^|\s)-(?=[\p{L}\p{N}\p{S}])(\S+)/gu;
/** Words of scripts with spaces between words. Of shorter ones, other words are made by chance. */
const IS_LONG = new RegExp(`^(?:(?![${SPACELESS}])[\\p{L}\\p{M}]){3,}$`, "u");
const ENDS_A_WORD = /[\p{L}\p{N}\p{M}]$/u;

/** `os.path`, `usr/bin`, `user@example.com`, `snake_case`, `camelCase`. */
const HAS_PARTS = /[\p{L}\p{N}][._:/\\@]+[\p{L}\p{N}]|\p{Ll}\p{Lu}/u;

/** Question marks of the scripts with spaces and of those without. */
const IS_QUESTION = /[?？؟\u037e]\s*$/u;

/**
 * Reads `words`, `"phrases"` and `-exclusions`. A quote without its partner is no quote. Quotes of a question are of its language: what they hold
 * may be written otherwise in the answer.
 */
export function readWordQuery(text: string): WordQuery {
  const [quoted, without]: [Phrase[], Phrase[]] = [[], []];
  const words = new Map<string, QueryWord>();
  const codes: Code[] = [];
  let at = 0;
  for (const match of text.matchAll(QUOTED)) {
    codes.push(...addWords(words, withoutExclusions(sliceAfterQuote(text, at, match.index), without)));
    const inside = match.slice(2).find((part) => part !== undefined) ?? "";
    const phrase = phraseOf(inside);
    if (phrase) (match.groups?.minus ? without : quoted).push(phrase);
    if (!match.groups?.minus) addWords(words, inside, { isLiteral: true });
    at = match.index + match[0].length;
  }
  const rest = withoutExclusions(sliceAfterQuote(text, at), without);
  codes.push(...addWords(words, rest, { isTyping: ENDS_A_WORD.test(rest) }));
  const quotations = distinct(quoted, MOST.phrases);
  return {
    words: [...words.values()].slice(0, MOST.words),
    codes: distinct(codes, MOST.codes),
    sequence: tokensOf(text).flatMap(({ word, beside }) => (beside ? [] : [word])),
    ...(IS_QUESTION.test(text) ? { phrases: [], quotations } : { phrases: quotations, quotations: [] }),
    without: distinct(without, MOST.phrases),
  };
}

/** With the closing quote before it, so that a hyphen after that ("„Fischglas“-artig") is no minus. */
function sliceAfterQuote(text: string, start: number, end?: number): string {
  return text.slice(Math.max(0, start - 1), end);
}

function withoutExclusions(text: string, without: Phrase[]): string {
  return text.replace(EXCLUDED, (_, word: string) => {
    const phrase = phraseOf(word);
    if (phrase) without.push(phrase);
    return " ";
  });
}

function phraseOf(text: string): Phrase | undefined {
  const tokens = tokensOf(text);
  const wordsOf = (some: readonly Token[]) => some.map(({ word }) => word).slice(0, MOST.wordsOfPhrase);
  const words = wordsOf(tokens.filter(({ beside }) => beside === undefined));
  const isWhole = ({ beside, start, end }: Token) => beside === "identifier" && !HAS_PARTS.test(text.slice(start, end));
  return words.length > 0 ? { words, identifiers: wordsOf(tokens.filter(isWhole)) } : undefined;
}

/** The first of them that differ, at most so many. */
function distinct<Part>(parts: readonly Part[], most: number): Part[] {
  return [...new Map(parts.map((part) => [JSON.stringify(part), part])).values()].slice(0, most);
}

interface Typed {
  /** True if the last word may not be typed to its end. */
  readonly isTyping?: boolean;
  readonly isLiteral?: boolean;
}

/** Returns the codes among the words. Of a script without spaces, pairs are asked for, not their characters, which are in most texts. */
function addWords(words: Map<string, QueryWord>, text: string, { isLiteral, isTyping }: Typed = {}): Code[] {
  const tokens = tokensOf(text);
  const compounds = compoundsOf(tokens);
  const written = writtenIn(tokens);
  const identifiers = written.filter(({ wholes }) => wholes.length > 0);
  const identified = new Set(identifiers.flatMap(({ parts }) => parts));
  const partsOf = new Map(identifiers.flatMap(({ wholes, parts }) => wholes.map((whole) => [whole, parts])));
  const end = tokens.at(-1)?.end;
  for (const token of tokens) {
    const { word, end: at, beside } = token;
    if (words.size > MOST.words) break;
    if (beside === "character" || beside === "joined") continue;
    const joined = [...(compounds.get(word) ?? [])];
    const forms = beside === "identifier" ? writtenForms(word) : [];
    const parts = partsOf.get(token) ?? [];
    words.set(word, {
      ...words.get(word),
      word,
      ...(beside === "identifier" && { isIdentifier: true }),
      ...(parts.length > 1 && { parts: parts.map(({ word }) => word) }),
      ...((isLiteral || identified.has(token)) && { isLiteral: true }),
      ...(isTyping && at === end && { isLast: true }),
      ...(joined.length > 0 && { compounds: joined }),
      ...(forms.length > 0 && { forms }),
    });
  }
  return codesOf(written, MOST.codes);
}

/** Of each word the compounds with its neighbours, and those that were typed with a hyphen. */
function compoundsOf(tokens: readonly Token[]): Map<string, Set<string>> {
  const compounds = new Map<string, Set<string>>();
  const add = (part: string, compound: string) => {
    const known = compounds.get(part) ?? new Set();
    if (known.size < MOST.compounds) compounds.set(part, known.add(compound));
  };
  let former: Token | undefined;
  let parts: Token[] = [];
  for (const token of tokens) {
    const { word, beside, start } = token;
    if (beside === "joined") {
      for (const part of parts) if (part.start >= start) add(part.word, word);
    }
    if (beside) continue;
    if (former && IS_LONG.test(former.word) && IS_LONG.test(word)) {
      for (const part of [former.word, word]) add(part, former.word + word);
    }
    parts = former && former.end + 1 >= start ? [...parts.slice(1 - MOST.compounds), token] : [token];
    former = token;
  }
  return compounds;
}
