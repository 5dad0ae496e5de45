/** Puts little-endian numbers one after another. */
export class ByteWriter {
  readonly #parts: Uint8Array[] = [];

  u32(...values: number[]): void {
    this.#put(values, 4, (view, at, value) => view.setUint32(at, value, true));
  }

  f64(...values: number[]): void {
    this.#put(values, 8, (view, at, value) => view.setFloat64(at, value, true));
  }

  floats(values: Float32Array): void {
    this.#put(values, 4, (view, at, value) => view.setFloat32(at, value, true));
  }

  /** All that was written, then `tail`. */
  bytes(tail: Uint8Array = new Uint8Array(0)): Uint8Array<ArrayBuffer> {
    const parts = [...this.#parts, tail];
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  #put(values: ArrayLike<number>, width: number, set: (view: DataView, at: number, value: number) => void): void {
    const view = new DataView(new ArrayBuffer(values.length * width));
    for (let i = 0; i < values.length; i++) set(view, i * width, values[i]!);
    this.#parts.push(new Uint8Array(view.buffer));
  }
}

/** Reads them back from bytes that lie anywhere in a buffer. Reading past the end throws what `fail` makes of it. */
export class ByteReader {
  readonly #source: Uint8Array;
  readonly #view: DataView;
  readonly #fail: (got: string, expected: string) => Error;
  #at = 0;

  constructor(source: Uint8Array, fail: (got: string, expected: string) => Error) {
    this.#source = source;
    this.#view = new DataView(source.buffer, source.byteOffset, source.byteLength);
    this.#fail = fail;
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  f64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  floats(count: number): Float32Array {
    const from = this.#take(count * 4);
    return Float32Array.from({ length: count }, (_, i) => this.#view.getFloat32(from + i * 4, true));
  }

  /** The bytes that were not read yet; reading continues where it was. */
  rest(): Uint8Array {
    return this.#source.subarray(this.#at);
  }

  #take(bytes: number): number {
    const from = this.#at;
    if (from + bytes > this.#source.length)
      throw this.#fail(`${this.#source.length} bytes`, `at least ${from + bytes}`);
    this.#at += bytes;
    return from;
  }
}

/** FNV-1a: detects torn or changed bytes, but not forged ones. */
export function fold(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
