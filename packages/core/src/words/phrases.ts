import type { RowBitmap } from "../ports/vector-index.ts";
import type { Postings } from "./postings.ts";
import type { Sequences } from "./sequences.ts";
import { clearBit, hasBit, setBit, unitsOf } from "./unit-bits.ts";
import type { Vocabulary } from "./vocabulary.ts";
import type { Phrase } from "./word-query.ts";

interface Lists {
  readonly vocabulary: Vocabulary;
  readonly postings: Postings;
  readonly sequences: Sequences;
}

/**
 * The units of a bitmap that have a phrase, in a new bitmap. Words are equal but for accents. Units without one of the words are left
 * out before any sequence is read.
 */
export function unitsWithPhrase(
  { words, identifiers }: Phrase,
  within: RowBitmap,
  { vocabulary, postings, sequences }: Lists,
): RowBitmap {
  const numbered = (list: readonly string[]) => list.map((word) => vocabulary.sameLetters(word));
  const places = numbered(words);
  let found = within;
  for (const numbers of [...places, ...numbered(identifiers)]) found = unitsOfAny(numbers, found, postings);
  if (places.length === 1) return found;
  const sets = places.map((numbers) => new Set(numbers));
  for (const unit of unitsOf(found)) if (!sequences.hasInOrder(unit, sets)) clearBit(found, unit);
  return found;
}

function unitsOfAny(words: readonly number[], within: RowBitmap, postings: Postings): RowBitmap {
  const found: RowBitmap = new Uint32Array(within.length);
  for (const word of words) {
    const cursor = postings.of(word);
    while (cursor.next()) if (hasBit(within, cursor.unit)) setBit(found, cursor.unit);
  }
  return found;
}
