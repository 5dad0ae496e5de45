import type { WordMeanings } from "../ports/word-meanings.ts";
import { IS_SPELT } from "./folded-words.ts";
import { growingWords } from "./growing-numbers.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** A word of the index whose meaning is near that of another. */
export interface NearWord {
  readonly word: number;
  readonly cosine: number;
}

/**
 * Chosen, as the weight of near words and their number, on the train parts of STS-B and Banking77, and on sentences of textbooks with synonyms of
 * WordNet in place of words.
 */
const LEAST_COSINE = 0.5;
/** Shorter words are abbreviations, or have many meanings. */
const LEAST_LETTERS = 3;
const WORD_BITS = 32;
/** Words of bits that are compared before the others: most words of the index differ enough in these. */
const FIRST = 4;
/** The words asked last, whose near words are remembered: each letter that is typed asks the former words again. */
const MOST_REMEMBERED = 64;

/**
 * Finds words of near meaning in a vocabulary. One bit a dimension is kept of each word that has a vector, its sign. By these bits candidates
 * are chosen, and the cosine of their vectors decides. Of the words just above the least cosine some are missed.
 */
export class NearWords {
  readonly #meanings: WordMeanings;
  readonly #vocabulary: Vocabulary;
  readonly #width: number;
  readonly #bits = growingWords();
  readonly #numbers = growingWords();
  readonly #remembered = new Map<string, readonly NearWord[]>();

  constructor(meanings: WordMeanings, vocabulary: Vocabulary) {
    this.#meanings = meanings;
    this.#vocabulary = vocabulary;
    this.#width = Math.ceil(meanings.dimensions / WORD_BITS);
  }

  get bytes(): number {
    return this.#bits.bytes + this.#numbers.bytes;
  }

  /** Adds a word of the vocabulary by its number. One without a vector is left out. */
  add(number: number): void {
    const vector = this.#vectorOf(this.#vocabulary.words[number]!);
    if (!vector) return;
    this.#numbers.push(number);
    this.#bits.append(this.#bitsOf(vector));
    this.#remembered.clear();
  }

  /** The words of near meaning, nearest first. The word itself need not be present; it is among them if it is. */
  nearest(word: string): readonly NearWord[] {
    const known = this.#remembered.get(word);
    if (known) return known;
    const vector = this.#vectorOf(word);
    const found = vector ? this.#measured(this.#candidates(vector), vector) : [];
    if (this.#remembered.size === MOST_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(word, found);
    return found;
  }

  hasMeaning(word: string): boolean {
    return this.#vectorOf(word) !== undefined;
  }

  #vectorOf(word: string): Float32Array | undefined {
    return word.length >= LEAST_LETTERS && IS_SPELT.test(word) ? this.#meanings.vectorOf(word) : undefined;
  }

  #bitsOf(vector: Float32Array): Uint32Array<ArrayBuffer> {
    const bits = new Uint32Array(this.#width);
    for (let i = 0; i < vector.length; i++) if (vector[i]! > 0) bits[i >>> 5]! |= 1 << (i & 31);
    return bits;
  }

  #candidates(vector: Float32Array): number[] {
    const [bits, asked, width] = [this.#bits.values, this.#bitsOf(vector), this.#width];
    const first = Math.min(FIRST, width);
    const [mostFirst, most] = [mostDiffering(WORD_BITS * first), mostDiffering(this.#meanings.dimensions)];
    const found: number[] = [];
    for (let row = 0, at = 0; row < this.#numbers.length; row++, at += width) {
      let differing = 0;
      for (let i = 0; i < first; i++) differing += ones(bits[at + i]! ^ asked[i]!);
      if (differing > mostFirst) continue;
      for (let i = first; i < width; i++) differing += ones(bits[at + i]! ^ asked[i]!);
      if (differing <= most) found.push(this.#numbers.values[row]!);
    }
    return found;
  }

  /** Of equally near ones the first by letters, so that the order in which words were added does not matter. */
  #measured(candidates: readonly number[], vector: Float32Array): NearWord[] {
    const { words } = this.#vocabulary;
    return candidates
      .flatMap((word) => {
        const other = this.#vectorOf(words[word]!);
        const cosine = other ? dot(vector, other) : 0;
        return cosine >= LEAST_COSINE ? [{ word, cosine }] : [];
      })
      .sort((a, b) => b.cosine - a.cosine || (words[a.word]! < words[b.word]! ? -1 : 1));
  }
}

/** Signs of two vectors differ in the share of their angle in half a turn, give or take a standard deviation. */
function mostDiffering(dimensions: number): number {
  const share = Math.acos(LEAST_COSINE) / Math.PI;
  return dimensions * share + Math.sqrt(dimensions * share * (1 - share));
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** The number of bits that are 1. */
function ones(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x5555_5555);
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
