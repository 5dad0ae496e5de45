import { editsBetween, lettersOf, mayBeWithin } from "./edits.ts";
import { growingBytes, growingWords } from "./growing-numbers.ts";
import { foldedWord } from "./tokens.ts";

/** Returns the common form of the inflections of a word. The word is in lower case, without accents. */
export type Stemmer = (word: string) => string;

export interface Similar {
  readonly word: number;
  readonly edits: number;
}

const HAS_DIGIT = /\p{N}/u;
const BUCKET_UNITS = 3;
const SHORT_UNITS = 2;
const NONE = 0xffff_ffff;

/**
 * The words of an index with their numbers. Stemming needs no texts: postings are of words as they were written, and a query
 * reaches the other words of its stem.
 */
export class Vocabulary {
  readonly #stem: Stemmer;
  readonly words: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #letters = growingWords();
  readonly #lengths = growingBytes();
  /** Numbers of words by their first units, without accents. */
  readonly #buckets = new Map<string, number[]>();
  /** Keys of buckets by their first units. */
  readonly #bucketsFrom = new Map<string, string[]>();
  /** The newest word of a stem, and for each word the next older one of its stem: most have one word, and need no list. */
  readonly #newestOfStem = new Map<string, number>();
  readonly #olderOfStem = growingWords();

  constructor(stem: Stemmer) {
    this.#stem = stem;
  }

  get size(): number {
    return this.words.length;
  }

  numberOf(word: string): number | undefined {
    return this.#numbers.get(word);
  }

  /** Adds a word that is not present, and returns its number: the next one. */
  add(word: string): number {
    const number = this.words.push(word) - 1;
    this.#numbers.set(word, number);
    this.#letters.push(lettersOf(word));
    this.#lengths.push(word.length);
    const letters = foldedWord(word);
    const bucket = letters.slice(0, BUCKET_UNITS);
    if (!this.#buckets.has(bucket)) listIn(this.#bucketsFrom, bucket.slice(0, SHORT_UNITS)).push(bucket);
    listIn(this.#buckets, bucket).push(number);
    const stem = this.#stem(letters);
    this.#olderOfStem.push(this.#newestOfStem.get(stem) ?? NONE);
    this.#newestOfStem.set(stem === word ? word : stem, number);
    return number;
  }

  /** The words that have the stem of this one, which need not be present. */
  sameStem(word: string): number[] {
    const numbers: number[] = [];
    let number = this.#newestOfStem.get(this.#stem(foldedWord(word))) ?? NONE;
    for (; number !== NONE; number = this.#olderOfStem.values[number]!) numbers.push(number);
    return numbers;
  }

  /** The words that are equal to this one but for accents, itself included. */
  sameLetters(word: string): number[] {
    const letters = foldedWord(word);
    const bucket = this.#buckets.get(letters.slice(0, BUCKET_UNITS)) ?? [];
    return bucket.filter((number) => foldedWord(this.words[number]!) === letters);
  }

  /** Words that begin with this one but for accents, and are longer. */
  beginningWith(word: string): number[] {
    const letters = foldedWord(word);
    return this.#startingWith(letters).filter((number) => foldedWord(this.words[number]!).length > letters.length);
  }

  /** Words within so many edits, without the word itself. Words with digits have none: another number is no typing error. */
  similar(word: string, most: number): Similar[] {
    if (HAS_DIGIT.test(word)) return [];
    const found: Similar[] = [];
    const letters = lettersOf(word);
    const [masks, lengths] = [this.#letters.values, this.#lengths.values];
    for (let number = 0; number < this.words.length; number++) {
      if (Math.abs(lengths[number]! - word.length) > most || !mayBeWithin(masks[number]!, letters, most)) continue;
      const other = this.words[number]!;
      const edits = editsBetween(word, other, most);
      if (edits > 0 && edits <= most && !HAS_DIGIT.test(other)) found.push({ word: number, edits });
    }
    return found;
  }

  /** `letters` are two or more. */
  #startingWith(letters: string): number[] {
    const keys = this.#bucketsFrom.get(letters.slice(0, SHORT_UNITS)) ?? [];
    const shared = letters.slice(0, BUCKET_UNITS);
    return keys
      .filter((key) => key.startsWith(shared))
      .flatMap((key) => this.#buckets.get(key)!)
      .filter((number) => foldedWord(this.words[number]!).startsWith(letters));
  }
}

function listIn<T>(lists: Map<string, T[]>, key: string): T[] {
  const known = lists.get(key);
  if (known) return known;
  const list: T[] = [];
  lists.set(key, list);
  return list;
}
