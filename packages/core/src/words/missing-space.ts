import { IS_SPELT } from "./folded-words.ts";
import type { Vocabulary } from "./vocabulary.ts";
import type { QueryWord } from "./word-query.ts";

/** Shorter parts are found in many words by chance. */
const LEAST_PART = 3;

export interface Parting {
  readonly vocabulary: Vocabulary;
  /** True if a unit has these words one after the other. */
  readonly areNeighbours: (words: readonly [string, string]) => boolean;
}

/**
 * The two words that an asked one is without the space between them: "bluetit". They follow one another in a unit. Undefined if it may be
 * the beginning of a word, and for any other word. Asked only of words that the index lacks.
 */
export function withSpace(asked: QueryWord, { vocabulary, areNeighbours }: Parting): QueryWord[] | undefined {
  const { word, isIdentifier, isLiteral, isLast } = asked;
  if (isIdentifier || isLiteral || !IS_SPELT.test(word)) return undefined;
  if (isLast && vocabulary.beginningWith(word).length > 0) return undefined;
  const isThere = (part: string) => vocabulary.sameLetters(part).length > 0;
  for (let at = LEAST_PART; at <= word.length - LEAST_PART; at++) {
    const [first, second] = [word.slice(0, at), word.slice(at)];
    if ([first, second].every(isThere) && areNeighbours([first, second]))
      return [{ word: first }, { word: second, isLast }];
  }
  return undefined;
}
