import { SPACELESS } from "./folded-words.ts";
import { type Token, tokensOf } from "./tokens.ts";

export interface WordQuery {
  readonly words: readonly QueryWord[];
  /** Words in quotes: a unit must have them in this order, one after another. */
  readonly phrases: readonly (readonly string[])[];
  /** Words and phrases after a minus: an entry must have none of them. */
  readonly without: readonly (readonly string[])[];
}

export interface QueryWord {
  readonly word: string;
  /** True for an identifier as a whole, which says more than its parts in any order. */
  readonly isIdentifier?: boolean | undefined;
  /** True for the last word of a query that does not end with a space: it may not be typed to its end. */
  readonly isLast?: boolean | undefined;
  /** The word together with a neighbour, as texts may write both: "secretary bird" as `secretarybird`. */
  readonly compounds?: readonly string[] | undefined;
}

/** Words beyond these are ignored, which bounds the cost of a query. */
const MOST_WORDS = 64;
const QUOTED = /(?<minus>(?<=^|\s)-)?(?:"(?<straight>[^"]*)"|“(?<curved>[^”]*)”|«(?<angled>[^»]*)»)/gu;
const EXCLUDED = /(?<=^|\s)-(?=[\p{L}\p{N}\p{S}])(?<word>\S+)/gu;
/** Words of scripts with spaces between words. Of shorter ones, other words are made by chance. */
const IS_SPELT = new RegExp(`^(?:(?![${SPACELESS}])[\\p{L}\\p{M}]){3,}$`, "u");
const ENDS_A_WORD = /[\p{L}\p{N}\p{M}]$/u;

/** Reads `words`, `"phrases"` and `-exclusions`. A quote without its partner is no quote. */
export function readWordQuery(text: string): WordQuery {
  const phrases: string[][] = [];
  const without: string[][] = [];
  const unquoted = text.replace(QUOTED, (...found) => {
    const { minus, straight, curved, angled } = found.at(-1) as Record<string, string | undefined>;
    const inside = straight ?? curved ?? angled ?? "";
    const phrase = sequence(tokensOf(inside));
    if (phrase.length > 0) (minus ? without : phrases).push(phrase);
    return minus ? " " : ` ${inside} `;
  });
  const rest = unquoted.replace(EXCLUDED, (_, word: string) => {
    const excluded = sequence(tokensOf(word));
    if (excluded.length > 0) without.push(excluded);
    return " ";
  });
  return { words: distinct(tokensOf(rest), ENDS_A_WORD.test(text)), phrases, without };
}

/** The words that follow one another. */
function sequence(tokens: readonly Token[]): string[] {
  return tokens.flatMap(({ word, beside }) => (beside ? [] : [word]));
}

/** Of a script without spaces, pairs are asked for, not their characters, which are in most texts. */
function distinct(tokens: readonly Token[], isTyping: boolean): QueryWord[] {
  const compounds = compoundsOf(tokens);
  const words = new Map<string, QueryWord>();
  const end = tokens.at(-1)?.end;
  for (const { word, end: at, beside } of tokens) {
    if (beside === "character" || beside === "joined") continue;
    words.set(word, {
      ...words.get(word),
      word,
      ...(beside === "identifier" && { isIdentifier: true }),
      ...(isTyping && at === end && { isLast: true }),
      ...(compounds.has(word) && { compounds: compounds.get(word) }),
    });
  }
  return [...words.values()].slice(0, MOST_WORDS);
}

/** Of each word the compounds with its neighbours. */
function compoundsOf(tokens: readonly Token[]): Map<string, string[]> {
  const compounds = new Map<string, string[]>();
  const following = tokens.filter(({ beside }) => !beside);
  for (const [i, { word }] of following.entries()) {
    const former = following[i - 1]?.word;
    if (former === undefined || !IS_SPELT.test(former) || !IS_SPELT.test(word)) continue;
    for (const part of [former, word]) compounds.set(part, [...(compounds.get(part) ?? []), former + word]);
  }
  return compounds;
}
