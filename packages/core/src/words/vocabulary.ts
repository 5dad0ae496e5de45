import type { Slices } from "../let-others-run.ts";
import { editsBetween, lettersOf, mayBeWithin } from "./edits.ts";
import { type GrowingNumbers, growingWords } from "./growing-numbers.ts";
import { foldedWord } from "./tokens.ts";
import { WordTable } from "./word-table.ts";

/** Returns the common form of the inflections of a word in lower case. */
export type Stemmer = (word: string) => string;

export interface Similar {
  readonly word: number;
  readonly edits: number;
}

/** Numbers of words, and their letters as `lettersOf` has them. */
interface WordsOfLength {
  readonly words: GrowingNumbers<Uint32Array<ArrayBuffer>>;
  readonly letters: GrowingNumbers<Uint32Array<ArrayBuffer>>;
}

const BUCKET_UNITS = 3;
const SHORT_UNITS = 2;

/**
 * The words of an index with their numbers. Stemming needs no texts: postings are of words as they were written, and a query
 * reaches the other words of its stem.
 */
export class Vocabulary {
  readonly #stem: Stemmer;
  readonly #table = new WordTable();
  /** Of words that have accents: the form without them, and the words of such a form. */
  readonly #folded = new Map<number, string>();
  readonly #accented = new Map<string, number[]>();
  /** By the length of words without accents, these words: only those of nearly the same length can be similar. */
  readonly #ofLength = new Map<number, WordsOfLength>();
  /** Numbers of words by their first units, without accents, and the keys of these lists by still fewer. */
  readonly #buckets = new Map<string, number[]>();
  readonly #bucketsFrom = new Map<string, string[]>();
  /** A word of each stem, and for each word the next one of its stem, in a ring: most have one word, and need no list. */
  readonly #ofStem = new Map<string, number>();
  readonly #nextOfStem = growingWords();

  constructor(stem: Stemmer) {
    this.#stem = stem;
  }

  /** All words, by their numbers. */
  get words(): readonly string[] {
    return this.#table.words;
  }

  get size(): number {
    return this.words.length;
  }

  numberOf(word: string): number | undefined {
    return this.#table.numberOf(word);
  }

  /** The number of a word where it stands in a text, as `WordTable.numberIn`. */
  numberIn(text: string, start: number, end: number): number | undefined {
    return this.#table.numberIn(text, start, end);
  }

  /** The same as `numberOf`, for a few words of a snapshot that was just opened. */
  numberAsWritten(word: string): number | undefined {
    return this.#table.numberAsWritten(word);
  }

  /** Adds a word that is not present, and returns its number: the next one. */
  add(word: string): number {
    const { isRelated } = this;
    const number = this.#table.add(word);
    if (isRelated) this.#relateNext();
    return number;
  }

  /** Takes the words of a snapshot in place of none. `relate` or the first query learns how they relate, which takes long. */
  take(words: readonly string[]): void {
    this.#table.take(words);
  }

  /** False while words are found only as they are written. */
  get isRelated(): boolean {
    return this.#nextOfStem.length === this.size;
  }

  /** Yields to the event loop; words may be added meanwhile. */
  async relate(slices: Slices): Promise<void> {
    while (!this.isRelated) {
      this.#relateNext();
      await slices.pause();
    }
  }

  #relateRest(): void {
    while (!this.isRelated) this.#relateNext();
  }

  #relateNext(): void {
    const number = this.#nextOfStem.length;
    const word = this.words[number]!;
    this.#table.list(number + 1);
    this.#listLetters(number, foldedWord(word));
    const stem = this.#stemOf(word);
    const other = this.#ofStem.get(stem) ?? number;
    if (other === number) this.#ofStem.set(stem, number);
    this.#nextOfStem.push(number);
    const next = this.#nextOfStem.values;
    [next[number], next[other]] = [next[other]!, number];
  }

  #listLetters(number: number, letters: string): void {
    const alike = this.#ofLength.get(letters.length) ?? { words: growingWords(), letters: growingWords() };
    this.#ofLength.set(letters.length, alike);
    alike.words.push(number);
    alike.letters.push(lettersOf(letters));
    if (letters !== this.words[number]) {
      this.#folded.set(number, letters);
      listIn(this.#accented, letters).push(number);
    }
    const bucket = letters.slice(0, BUCKET_UNITS);
    if (!this.#buckets.has(bucket)) listIn(this.#bucketsFrom, bucket.slice(0, SHORT_UNITS)).push(bucket);
    listIn(this.#buckets, bucket).push(number);
  }

  /** The words that have the stem of this one, which need not be present. */
  sameStem(word: string): number[] {
    this.#relateRest();
    const first = this.numberOf(word) ?? this.#ofStem.get(this.#stemOf(word));
    if (first === undefined) return [];
    const numbers = [first];
    const next = this.#nextOfStem.values;
    for (let number = next[first]!; number !== first; number = next[number]!) numbers.push(number);
    return numbers;
  }

  /** The words that are equal to this one but for accents, itself included. */
  sameLetters(word: string): number[] {
    this.#relateRest();
    const letters = foldedWord(word);
    const plain = this.numberOf(letters);
    const accented = this.#accented.get(letters) ?? [];
    // A form without accents is in both if it changes when it is folded again.
    return plain === undefined || accented.includes(plain) ? accented : [plain, ...accented];
  }

  /** Words that begin with this one but for accents, and are longer. Those of one letter are not listed. */
  beginningWith(word: string): number[] {
    this.#relateRest();
    const letters = foldedWord(word);
    const shared = letters.slice(0, BUCKET_UNITS);
    const keys = this.#bucketsFrom.get(letters.slice(0, SHORT_UNITS)) ?? [];
    return keys
      .filter((key) => key.startsWith(shared))
      .flatMap((key) => this.#buckets.get(key)!)
      .filter((number) => {
        const other = this.#lettersOf(number);
        return other.length > letters.length && other.startsWith(letters);
      });
  }

  /** The same with their accents. All words are looked at, so that it need not be known how they relate. */
  writtenFrom(word: string): number[] {
    return this.words.flatMap((other, number) =>
      other.length > word.length && other.startsWith(word) ? [number] : [],
    );
  }

  /** Words within so many edits but for accents, without the word itself. */
  similar(word: string, most: number): Similar[] {
    this.#relateRest();
    const found: Similar[] = [];
    const letters = foldedWord(word);
    const mask = lettersOf(letters);
    for (let length = letters.length - most; length <= letters.length + most; length++) {
      const alike = this.#ofLength.get(length);
      for (let i = 0; i < (alike?.words.length ?? 0); i++) {
        if (!mayBeWithin(alike!.letters.values[i]!, mask, most)) continue;
        const word = alike!.words.values[i]!;
        const edits = editsBetween(letters, this.#lettersOf(word), most);
        if (edits > 0 && edits <= most) found.push({ word, edits });
      }
    }
    return found;
  }

  #lettersOf(number: number): string {
    return this.#folded.get(number) ?? this.words[number]!;
  }

  /** Without accents, which stemmers need and inflection changes. A stemmer that fails for a word, or leaves nothing of it, leaves it as it is. */
  #stemOf(word: string): string {
    let stem = word;
    try {
      stem = this.#stem(word) || word;
    } catch {
      // The word is its own stem.
    }
    return foldedWord(stem);
  }
}

function listIn<T>(lists: Map<string, T[]>, key: string): T[] {
  const known = lists.get(key);
  if (known) return known;
  const list: T[] = [];
  lists.set(key, list);
  return list;
}
