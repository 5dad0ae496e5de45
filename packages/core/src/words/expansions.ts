import type { Vocabulary } from "./vocabulary.ts";

/** A word of the index that counts as the asked one, by its weight. */
export interface Expansion {
  readonly word: number;
  readonly weight: number;
}

interface Asked {
  readonly vocabulary: Vocabulary;
  /** The number of present units with a word. */
  readonly documentsOf: (word: number) => number;
  /** True for a word that may not be typed to its end. */
  readonly isLast: boolean;
  readonly compounds: readonly string[];
}

const WEIGHTS = { letters: 0.95, stem: 0.9, prefix: 0.7, compound: 0.7, edits: [1, 0.7, 0.5] };
/** A shorter word begins many others, and is within an edit of many. */
const LEAST_PREFIX = 2;
const LEAST_FOR_EDITS = [4, 8];
const MOST_PREFIXES = 64;
const MOST_SIMILAR = 8;

/**
 * The words of the index that an asked word reaches: itself, the same but for accents, those of its stem, those that it begins if it may
 * not be typed to its end, and only if none of these occurs, those within one typing error, or else two.
 */
export function expansionsOf(word: string, asked: Asked): Expansion[] {
  const { vocabulary, documentsOf, isLast, compounds } = asked;
  const weights = new Map<number, number>();
  const add = (number: number, weight: number) => {
    if (documentsOf(number) > 0 && weight > (weights.get(number) ?? 0)) weights.set(number, weight);
  };
  for (const number of vocabulary.sameStem(word)) add(number, WEIGHTS.stem);
  for (const number of vocabulary.sameLetters(word)) add(number, WEIGHTS.letters);
  const own = vocabulary.numberOf(word);
  if (own !== undefined) add(own, 1);
  if (isLast && [...word].length >= LEAST_PREFIX) {
    for (const number of mostFrequent(vocabulary.beginningWith(word), MOST_PREFIXES, asked)) {
      // The longer the rest, the less the word was meant.
      add(number, WEIGHTS.prefix * (word.length / vocabulary.words[number]!.length));
    }
  }
  for (const compound of compounds) {
    for (const number of vocabulary.sameStem(compound)) add(number, WEIGHTS.compound);
  }
  if (weights.size === 0) for (const [number, weight] of corrected(word, asked)) add(number, weight);
  return Array.from(weights, ([word, weight]) => ({ word, weight }));
}

function* corrected(word: string, asked: Asked): Generator<[number, number]> {
  const { vocabulary, documentsOf } = asked;
  const most = LEAST_FOR_EDITS.filter((least) => word.length >= least).length;
  if (most === 0) return;
  const similar = vocabulary.similar(word, most).filter(({ word }) => documentsOf(word) > 0);
  const fewest = Math.min(...similar.map(({ edits }) => edits));
  const nearest = similar.flatMap(({ word, edits }) => (edits === fewest ? [word] : []));
  const weight = WEIGHTS.edits[fewest]!;
  for (const number of mostFrequent(nearest, MOST_SIMILAR, asked)) {
    yield [number, weight];
    for (const other of vocabulary.sameStem(vocabulary.words[number]!)) yield [other, weight * WEIGHTS.stem];
  }
}

/** Of equal ones the first by letters, so that the order in which words were added does not matter. */
function mostFrequent(numbers: readonly number[], most: number, { vocabulary, documentsOf }: Asked): number[] {
  const isBefore = (a: number, b: number) => (vocabulary.words[a]! < vocabulary.words[b]! ? -1 : 1);
  return numbers
    .filter((number) => documentsOf(number) > 0)
    .sort((a, b) => documentsOf(b) - documentsOf(a) || isBefore(a, b))
    .slice(0, most);
}
