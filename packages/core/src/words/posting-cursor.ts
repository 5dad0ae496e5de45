/**
 * Reads the postings of one word, one after another. It is an object with numbers and not a list of them: these would leave the processor's
 * cache before they are used.
 */
export class PostingCursor {
  unit = 0;
  /** Occurrences in the text. */
  text = 0;
  /** Weighted occurrences in fields, in quarters. */
  fields = 0;
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;

  /** Of the bytes from `start` to `end`. */
  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  /** Goes to the next posting. False if there is none. */
  next(): boolean {
    if (this.#at >= this.#end) return false;
    const gap = this.#varint();
    this.unit += gap >>> 1;
    this.text = 1;
    this.fields = 0;
    if ((gap & 1) === 0) return true;
    const inText = this.#varint();
    this.text = inText >>> 1;
    if ((inText & 1) === 1) this.fields = this.#varint();
    return true;
  }

  #varint(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.#at++]!;
    let value = byte & 127;
    for (let shift = 7; byte >= 128; shift += 7) {
      byte = bytes[this.#at++]!;
      value |= (byte & 127) << shift;
    }
    return value;
  }
}
