const HALF_LENGTH = 6;
/** Letters and digits are 1 to 36, so that six of them make a number below 2 ** 32 that no others make. */
const BASE = 37;
/** The share of places that may be taken. */
const MOST_TAKEN = 0.75;
const LEAST_BITS = 8;
/** Odd numbers that spread words over the places. */
const [SPREAD, GOLDEN] = [0x85ebca6b, 0x9e3779b1];
const IS_SHORT = /^[a-z0-9]{1,12}$/;

/**
 * The words of an index with their numbers. Most words of most texts are short and of ASCII letters or digits: these lie in a hash table, by
 * their letters as two whole numbers. They are found where they stand in a text. Cutting each out, to look it up in a Map whose keys lie all
 * over the memory, would take longer than everything else that is done with it.
 */
export class WordTable {
  words: string[] = [];
  /** Those of a snapshot are listed when a number is asked for: the first answer by words as they were typed needs none. */
  #listed = 0;
  /** Of words that are long or have other letters. */
  readonly #others = new Map<string, number>();
  #bits = LEAST_BITS;
  /** Of each place the first letters, the other letters, and the number. Without letters it is empty. */
  #places = new Uint32Array(3 << LEAST_BITS);
  #short = 0;

  numberOf(word: string): number | undefined {
    this.list(this.words.length);
    return IS_SHORT.test(word) ? this.#find(word, 0, word.length) : this.#others.get(word);
  }

  /** The number of the word from `start` to `end` of a text, all of whose units are ASCII letters and digits, in lower case. */
  numberIn(text: string, start: number, end: number): number | undefined {
    this.list(this.words.length);
    if (end - start > 2 * HALF_LENGTH) return this.#others.get(text.slice(start, end).toLowerCase());
    return this.#find(text, start, end);
  }

  /** Adds a word that is not present, and returns its number: the next one. */
  add(word: string): number {
    return this.words.push(word) - 1;
  }

  /** Takes words in place of none. Throws a RangeError if one is twice among them. */
  take(words: readonly string[]): void {
    const distinct = new Set(words).size;
    if (distinct < words.length) throw new RangeError(`${words.length} words, ${distinct} of them distinct`);
    this.words = [...words];
  }

  /** Makes so many words be found by `numberOf` without a delay. */
  list(end: number): void {
    while (this.#listed < end) this.#listNext();
  }

  /** The same as `numberOf`. It looks at all words if they are not listed. */
  numberAsWritten(word: string): number | undefined {
    if (this.#listed === this.words.length) return this.numberOf(word);
    const number = this.words.indexOf(word);
    return number < 0 ? undefined : number;
  }

  #listNext(): void {
    const number = this.#listed++;
    const word = this.words[number]!;
    if (!IS_SHORT.test(word)) this.#others.set(word, number);
    else {
      if (++this.#short > MOST_TAKEN * 2 ** this.#bits) this.#grow();
      const middle = Math.min(word.length, HALF_LENGTH);
      this.#put(lettersIn(word, 0, middle), lettersIn(word, middle, word.length), number);
    }
  }

  #find(text: string, start: number, end: number): number | undefined {
    const middle = Math.min(end, start + HALF_LENGTH);
    const [first, second] = [lettersIn(text, start, middle), lettersIn(text, middle, end)];
    const at = this.#placeOf(first, second);
    return this.#places[at] === 0 ? undefined : this.#places[at + 2]!;
  }

  /** Where a word is, or the empty place where it belongs. */
  #placeOf(first: number, second: number): number {
    const places = this.#places;
    const mask = (1 << this.#bits) - 1;
    let place = Math.imul(first ^ Math.imul(second, SPREAD), GOLDEN) >>> (32 - this.#bits);
    while (places[3 * place] !== 0 && (places[3 * place] !== first || places[3 * place + 1] !== second)) {
      place = (place + 1) & mask;
    }
    return 3 * place;
  }

  #put(first: number, second: number, number: number): void {
    this.#places.set([first, second, number], this.#placeOf(first, second));
  }

  #grow(): void {
    const former = this.#places;
    this.#bits++;
    this.#places = new Uint32Array(3 << this.#bits);
    for (let at = 0; at < former.length; at += 3) {
      if (former[at] !== 0) this.#put(former[at]!, former[at + 1]!, former[at + 2]!);
    }
  }
}

function lettersIn(text: string, start: number, end: number): number {
  let letters = 0;
  for (let at = start; at < end; at++) {
    const small = text.charCodeAt(at) | 0x20;
    letters = Math.imul(letters, BASE) + (small >= 0x61 ? small - 0x60 : small - 0x15);
  }
  return letters >>> 0;
}
