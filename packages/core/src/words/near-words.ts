import type { Slices } from "../let-others-run.ts";
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
/**
 * The words asked last, whose near words are remembered: each letter that is typed asks the former words again, and queries share their words.
 * A word takes some 500 bytes.
 */
const MOST_REMEMBERED = 2048;

export interface NearWordsParts {
  readonly meanings: WordMeanings;
  readonly vocabulary: Vocabulary;
  /** Words that are not found. Default: none. */
  readonly leftOut?: ReadonlySet<string> | undefined;
}

/** What was found for a word in the first rows of bits. Words are only added, so that it stays right for these. */
interface Remembered {
  readonly near: readonly NearWord[];
  readonly rows: number;
}

/**
 * Finds words of near meaning in a vocabulary. One bit a dimension is kept of each word that has a vector, its sign. By these bits candidates
 * are chosen, and the cosine of their vectors decides. Of the words just above the least cosine some are missed. Words that
 * the vocabulary has already are taken in by `takeAllIn` or the first query.
 */
export class NearWords {
  readonly #meanings: WordMeanings;
  readonly #vocabulary: Vocabulary;
  readonly #leftOut: ReadonlySet<string> | undefined;
  readonly #width: number;
  readonly #bits = growingWords();
  readonly #numbers = growingWords();
  readonly #remembered = new Map<string, Remembered>();
  /** Words of the vocabulary that were taken in. */
  #taken = 0;

  constructor({ meanings, vocabulary, leftOut }: NearWordsParts) {
    this.#meanings = meanings;
    this.#vocabulary = vocabulary;
    this.#leftOut = leftOut;
    this.#width = Math.ceil(meanings.dimensions / WORD_BITS);
  }

  get bytes(): number {
    return this.#bits.bytes + this.#numbers.bytes;
  }

  get isWhole(): boolean {
    return this.#taken === this.#vocabulary.size;
  }

  /** Takes in a word that was just added to the vocabulary, if all before it were taken in. */
  add(number: number): void {
    if (this.#taken === number) this.#takeNextIn();
  }

  /** Yields to the event loop; words may be added meanwhile. */
  async takeAllIn(slices: Slices): Promise<void> {
    while (!this.isWhole) {
      this.#takeNextIn();
      await slices.pause();
    }
  }

  /** The words of near meaning, nearest first. The word itself need not be present; it is among them if it is. */
  nearest(word: string): readonly NearWord[] {
    while (!this.isWhole) this.#takeNextIn();
    const rows = this.#numbers.length;
    const known = this.#remembered.get(word) ?? { near: [], rows: 0 };
    const near = known.rows < rows ? this.#found(word, known) : known.near;
    // Put last, because the first is forgotten.
    this.#remembered.delete(word);
    if (this.#remembered.size === MOST_REMEMBERED) this.#remembered.delete(this.#remembered.keys().next().value!);
    this.#remembered.set(word, { near, rows });
    return near;
  }

  hasMeaning(word: string): boolean {
    return this.#vectorOf(word) !== undefined;
  }

  /** A word without a vector is left out. */
  #takeNextIn(): void {
    const number = this.#taken++;
    const word = this.#vocabulary.words[number]!;
    const vector = this.#leftOut?.has(word) ? undefined : this.#vectorOf(word);
    if (!vector) return;
    this.#numbers.push(number);
    this.#bits.append(this.#bitsOf(vector));
  }

  #vectorOf(word: string): Float32Array | undefined {
    return word.length >= LEAST_LETTERS && IS_SPELT.test(word) ? this.#meanings.vectorOf(word) : undefined;
  }

  #bitsOf(vector: Float32Array): Uint32Array<ArrayBuffer> {
    const bits = new Uint32Array(this.#width);
    for (let i = 0; i < vector.length; i++) if (vector[i]! > 0) bits[i >>> 5]! |= 1 << (i & 31);
    return bits;
  }

  /**
   * The near words of all rows, of which those of the first rows are known. Of equally near ones the first by letters, so that the order in
   * which words were added does not matter.
   */
  #found(word: string, { near, rows }: Remembered): readonly NearWord[] {
    const vector = this.#vectorOf(word);
    if (!vector) return near;
    const { words } = this.#vocabulary;
    return [...near, ...this.#measured(this.#candidates(vector, rows), vector)].sort(
      (a, b) => b.cosine - a.cosine || (words[a.word]! < words[b.word]! ? -1 : 1),
    );
  }

  #candidates(vector: Float32Array, from: number): number[] {
    const [bits, asked, width] = [this.#bits.values, this.#bitsOf(vector), this.#width];
    const first = Math.min(FIRST, width);
    const [mostFirst, most] = [mostDiffering(WORD_BITS * first), mostDiffering(this.#meanings.dimensions)];
    const found: number[] = [];
    for (let row = from, at = from * width; row < this.#numbers.length; row++, at += width) {
      let differing = 0;
      for (let i = 0; i < first; i++) differing += ones(bits[at + i]! ^ asked[i]!);
      if (differing > mostFirst) continue;
      for (let i = first; i < width; i++) differing += ones(bits[at + i]! ^ asked[i]!);
      if (differing <= most) found.push(this.#numbers.values[row]!);
    }
    return found;
  }

  #measured(candidates: readonly number[], vector: Float32Array): NearWord[] {
    return candidates.flatMap((word) => {
      const other = this.#vectorOf(this.#vocabulary.words[word]!);
      const cosine = other ? dot(vector, other) : 0;
      return cosine >= LEAST_COSINE ? [{ word, cosine }] : [];
    });
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
