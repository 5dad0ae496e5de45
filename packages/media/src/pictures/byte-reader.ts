/** Reads numbers of a file at places that the file itself names. A place outside the file throws `RangeError`. */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #isLittle: boolean;

  constructor(bytes: Uint8Array, isLittle: boolean) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#isLittle = isLittle;
  }

  get length(): number {
    return this.bytes.length;
  }

  u8(at: number): number {
    return this.#view.getUint8(at);
  }

  u16(at: number): number {
    return this.#view.getUint16(at, this.#isLittle);
  }

  u24(at: number): number {
    return this.#isLittle ? this.u16(at) | (this.u8(at + 2) << 16) : (this.u8(at) << 16) | this.u16(at + 1);
  }

  u32(at: number): number {
    return this.#view.getUint32(at, this.#isLittle);
  }

  i32(at: number): number {
    return this.#view.getInt32(at, this.#isLittle);
  }

  /** `length` bytes as characters of ISO 8859-1. */
  text(at: number, length: number): string {
    return String.fromCharCode(...this.part(at, length));
  }

  part(at: number, length: number): Uint8Array {
    if (at < 0 || length < 0 || at + length > this.length) throw new RangeError(`the file ends within ${at}+${length}`);
    return this.bytes.subarray(at, at + length);
  }
}
