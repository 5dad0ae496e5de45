import { growingBytes, growingWords } from "./growing-numbers.ts";
import type { NumberedRun } from "./unit-words.ts";
import type { WordCounts } from "./word-counts.ts";

/**
 * The words of each unit in the order of the text. Postings can be made from them again, so that they alone are stored, and phrases
 * are found in them. A unit is a varint of its number of runs, and for each run varints of quarters, of both lengths and of the words.
 */
export class Sequences {
  readonly #bytes = growingBytes();
  readonly #starts = growingWords();
  /** The words of the run at hand, in memory that is used again for the next. */
  readonly #run: number[] = [];

  get units(): number {
    return this.#starts.length;
  }

  get bytes(): number {
    return this.#bytes.bytes + this.#starts.bytes;
  }

  /** Bytes of all units. */
  get storedBytes(): number {
    return this.#bytes.length;
  }

  add(runs: readonly NumberedRun[]): number {
    const unit = this.#starts.push(this.#bytes.length);
    this.#write(runs.length);
    for (const { quarters, words, beside } of runs) {
      for (const value of [quarters, words.length, beside.length]) this.#write(value);
      for (const word of words) this.#write(word);
      for (const word of beside) this.#write(word);
    }
    return unit;
  }

  /** Adds a stored unit as it is, and counts its words. Throws a RangeError if a word's number is not below `size`, or bytes are missing. */
  addStored(reader: VarintReader, counts: WordCounts, size: number): number {
    const start = reader.at;
    counts.begin(size);
    for (let runs = reader.next(); runs > 0; runs--) {
      const [quarters, words, beside] = [reader.next(), reader.next(), reader.next()];
      counts.lengthen(quarters, words);
      for (let left = words + beside; left > 0; left--) {
        const word = reader.next();
        if (word >= size) throw new RangeError(`word ${word} of ${size}`);
        counts.add(word, quarters);
      }
    }
    const unit = this.#starts.push(this.#bytes.length);
    this.#bytes.append(reader.between(start, reader.at));
    return unit;
  }

  runs(unit: number): NumberedRun[] {
    const reader = new VarintReader(this.#bytes.values, this.#starts.values[unit]!);
    return readRuns(reader);
  }

  /** Calls `visit` for each of the words in `counted` of a unit, as often as it occurs. */
  eachWord(
    unit: number,
    counted: { has(word: number): boolean },
    visit: (word: number, quarters: number) => void,
  ): void {
    const bytes = this.#bytes.values;
    let at = this.#starts.values[unit]!;
    const next = () => {
      let byte = bytes[at++]!;
      let value = byte & 127;
      for (let shift = 7; byte >= 128; shift += 7) {
        byte = bytes[at++]!;
        value |= (byte & 127) << shift;
      }
      return value;
    };
    for (let runs = next(); runs > 0; runs--) {
      const quarters = next();
      for (let words = next() + next(); words > 0; words--) {
        const word = next();
        if (counted.has(word)) visit(word, quarters);
      }
    }
  }

  /** True if words of the sets follow one another in a run of the unit. */
  hasInOrder(unit: number, places: readonly { has(word: number): boolean }[]): boolean {
    const reader = new VarintReader(this.#bytes.values, this.#starts.values[unit]!);
    for (let runs = reader.next(); runs > 0; runs--) {
      reader.next();
      const [words, beside] = [reader.next(), reader.next()];
      const run = this.#run;
      for (let i = 0; i < words; i++) run[i] = reader.next();
      if (isIn(run, words, places)) return true;
      for (let i = 0; i < beside; i++) reader.next();
    }
    return false;
  }

  /** The bytes of one unit, of which `readRuns` makes it again. */
  stored(unit: number): Uint8Array {
    const end = unit + 1 < this.units ? this.#starts.values[unit + 1]! : this.#bytes.length;
    return this.#bytes.values.subarray(this.#starts.values[unit]!, end);
  }

  #write(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#bytes.push((rest % 128) | 128);
    this.#bytes.push(rest);
  }
}

function isIn(run: readonly number[], length: number, places: readonly { has(word: number): boolean }[]): boolean {
  for (let at = 0; at + places.length <= length; at++) {
    let same = 0;
    while (same < places.length && places[same]!.has(run[at + same]!)) same++;
    if (same === places.length) return true;
  }
  return false;
}

export function readRuns(reader: VarintReader): NumberedRun[] {
  return numbers(reader, reader.next()).map(() => {
    const [quarters, words, beside] = [reader.next(), reader.next(), reader.next()];
    return { quarters, words: read(reader, words), beside: read(reader, beside) };
  });
}

function read(reader: VarintReader, count: number): number[] {
  return numbers(reader, count).map(() => reader.next());
}

/** A damaged count is refused before memory is taken for it: each value needs a byte. */
function numbers(reader: VarintReader, count: number): number[] {
  if (count > reader.left) throw new RangeError(`${count} values in ${reader.left} bytes`);
  return new Array<number>(count).fill(0);
}

/** Reads whole numbers of seven bits a byte. Throws a RangeError beyond the end of the bytes. */
export class VarintReader {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.at = at;
  }

  get left(): number {
    return this.#bytes.length - this.at;
  }

  between(start: number, end: number): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(start, end) as Uint8Array<ArrayBuffer>;
  }

  next(): number {
    const first = this.#bytes[this.at]!;
    if (first < 128) {
      this.at++;
      return first;
    }
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#bytes[this.at++];
      if (byte === undefined || factor > 2 ** 28) throw new RangeError(`no number at byte ${this.at}`);
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }
}
