import { growingBytes, growingWords } from "./growing-numbers.ts";
import type { NumberedRun } from "./unit-words.ts";
import { VarintReader, writeVarint } from "./varints.ts";
import type { WordSlots } from "./word-slots.ts";

/**
 * The words of each unit in the order of the text. Phrases are found in them, and single units are scored by them. A unit is a varint of its number of runs, and for each run varints of quarters, of both lengths and of the words.
 */
export class Sequences {
  readonly #bytes = growingBytes();
  readonly #starts = growingWords();
  /** The words of the run at hand, in memory that is used again for the next. */
  readonly #run: number[] = [];

  /** Opens the bytes of all units, one after another, which it keeps. Throws a RangeError if they are not as long as the units together. */
  static open(bytes: Uint8Array<ArrayBuffer>, lengths: Uint32Array): Sequences {
    const sequences = new Sequences();
    let at = 0;
    for (const length of lengths) {
      sequences.#starts.push(at);
      at += length;
    }
    if (at !== bytes.length) throw new RangeError(`units of ${at} bytes in ${bytes.length}`);
    sequences.#bytes.take(bytes);
    return sequences;
  }

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
    writeVarint(this.#bytes, runs.length);
    for (const { quarters, words, beside } of runs) {
      for (const value of [quarters, words.length, beside.length]) writeVarint(this.#bytes, value);
      for (const word of words) writeVarint(this.#bytes, word);
      for (const word of beside) writeVarint(this.#bytes, word);
    }
    return unit;
  }

  runs(unit: number): NumberedRun[] {
    const reader = new VarintReader(this.#bytes.values, this.#starts.values[unit]!);
    return readRuns(reader);
  }

  /** Calls `visit` for each of the words of a unit that has a slot, as often as it occurs. */
  eachWord(unit: number, slots: WordSlots, visit: (slot: number, quarters: number) => void): void {
    const bytes = this.#bytes.values;
    const reader = new VarintReader(bytes, this.#starts.values[unit]!);
    for (let runs = reader.next(); runs > 0; runs--) {
      const quarters = reader.next();
      let left = reader.next() + reader.next();
      let at = reader.at;
      // Read here and not by a call for each word, and without branches, since the processor cannot foresee how long the next word is: that
      // takes half as long. Numbers of words are below 2^28. Beyond the last byte undefined counts as 0.
      for (; left > 0; left--) {
        const [first, second, third, fourth] = [bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!];
        const hasSecond = first >>> 7;
        const hasThird = hasSecond & (second >>> 7);
        const hasFourth = hasThird & (third >>> 7);
        const high = (((third & 127) << 14) & -hasThird) | (((fourth & 127) << 21) & -hasFourth);
        const word = (first & 127) | (((second & 127) << 7) & -hasSecond) | high;
        at += 1 + hasSecond + hasThird + hasFourth;
        const slot = slots.slotOf(word);
        if (slot >= 0) visit(slot, quarters);
      }
      reader.at = at;
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

  /** The bytes of all units, one after another: a view that is valid until a unit is added. */
  get stored(): Uint8Array {
    return this.#bytes.used;
  }

  lengthOf(unit: number): number {
    const end = unit + 1 < this.units ? this.#starts.values[unit + 1]! : this.#bytes.length;
    return end - this.#starts.values[unit]!;
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

function readRuns(reader: VarintReader): NumberedRun[] {
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
