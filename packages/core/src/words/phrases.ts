import type { Vocabulary } from "./vocabulary.ts";
import type { Phrase } from "./word-query.ts";

/** The words of an index that a phrase may have at each place: equal to the asked ones but for accents. */
export interface NumberedPhrase {
  readonly words: readonly (readonly number[])[];
  readonly identifiers: readonly (readonly number[])[];
}

export function numberedPhrase({ words, identifiers }: Phrase, vocabulary: Vocabulary): NumberedPhrase {
  const numbers = (list: readonly string[]) => list.map((word) => vocabulary.sameLetters(word));
  return { words: numbers(words), identifiers: numbers(identifiers) };
}
