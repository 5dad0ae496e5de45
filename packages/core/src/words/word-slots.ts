/** A byte for each of so many remainders of words: small enough for the processor's nearest cache, and nearly empty. */
const REMAINDERS = 4096;
/** A table is at least four times as large as the number of its words, so that most words that are not in it meet an empty place first. */
const ROOM = 4;
/** Multiplied by the golden ratio, numbers that follow one another lie far apart. */
const GOLDEN = 0x9e3779b1;

/**
 * Gives some words of the index slots, from 0 on in their order. It is a hash table in one typed array: each word of each unit that is read is
 * looked up, which takes several times as long in a Map.
 */
export class WordSlots {
  /** Pairs of a word plus 1 and its slot; 0 for an empty place. */
  readonly #pairs: Uint32Array;
  /** 0: no word with this remainder has a slot. Nearly all words that are looked up end here, which the processor foresees. */
  readonly #remainders = new Uint8Array(REMAINDERS);
  readonly #shift: number;
  readonly #mask: number;
  size = 0;

  constructor(words: readonly number[]) {
    const bits = Math.max(1, Math.ceil(Math.log2(ROOM * (words.length + 1))));
    this.#pairs = new Uint32Array(2 << bits);
    this.#shift = 32 - bits;
    this.#mask = (1 << bits) - 1;
    for (const word of words) this.#add(word);
  }

  /** -1 for a word without a slot. */
  slotOf(word: number): number {
    if (this.#remainders[word & (REMAINDERS - 1)] === 0) return -1;
    const pairs = this.#pairs;
    for (let at = Math.imul(word, GOLDEN) >>> this.#shift; ; at = (at + 1) & this.#mask) {
      const key = pairs[2 * at]!;
      if (key === word + 1) return pairs[2 * at + 1]!;
      if (key === 0) return -1;
    }
  }

  #add(word: number): void {
    this.#remainders[word & (REMAINDERS - 1)] = 1;
    let at = Math.imul(word, GOLDEN) >>> this.#shift;
    while (this.#pairs[2 * at] !== 0) {
      if (this.#pairs[2 * at] === word + 1) return;
      at = (at + 1) & this.#mask;
    }
    this.#pairs[2 * at] = word + 1;
    this.#pairs[2 * at + 1] = this.size++;
  }
}
