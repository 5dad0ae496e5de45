import type { GrowingNumbers } from "./growing-numbers.ts";

/** Appends a whole number, seven bits a byte, the lowest first. */
export function writeVarint(bytes: GrowingNumbers<Uint8Array<ArrayBuffer>>, value: number): void {
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
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
