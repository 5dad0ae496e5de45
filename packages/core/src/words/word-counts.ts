import type { NumberedRun } from "./unit-words.ts";

/** Counts the words of one unit at a time, by their numbers, in memory that is used again for the next. */
export class WordCounts {
  readonly words: number[] = [];
  #text = new Uint32Array(1024);
  #fields = new Uint32Array(1024);
  /** Words that follow one another, in the text and in fields. */
  textLength = 0;
  fieldLength = 0;

  /** Counts the words of a unit, whose numbers are below `size`. Those of the former unit are forgotten. */
  count(runs: readonly NumberedRun[], size: number): void {
    this.begin(size);
    for (const { quarters, words, beside } of runs) {
      this.lengthen(quarters, words.length);
      for (const word of words) this.add(word, quarters);
      for (const word of beside) this.add(word, quarters);
    }
  }

  lengthen(quarters: number, words: number): void {
    if (quarters === 0) this.textLength += words;
    else this.fieldLength += words;
  }

  textOf(word: number): number {
    return this.#text[word]!;
  }

  /** In quarters. */
  fieldsOf(word: number): number {
    return this.#fields[word]!;
  }

  add(word: number, quarters: number): void {
    if (this.#text[word] === 0 && this.#fields[word] === 0) this.words.push(word);
    if (quarters === 0) this.#text[word]!++;
    else this.#fields[word]! += quarters;
  }

  /** Forgets the former unit. */
  begin(size: number): void {
    if (size > this.#text.length) {
      [this.#text, this.#fields] = [new Uint32Array(2 * size), new Uint32Array(2 * size)];
    } else {
      for (const word of this.words) {
        this.#text[word] = 0;
        this.#fields[word] = 0;
      }
    }
    this.words.length = 0;
    this.textLength = 0;
    this.fieldLength = 0;
  }
}
