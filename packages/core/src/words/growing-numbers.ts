type Numbers = Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/** Longer lists grow by an eighth, so that little memory waits to be used. */
const LONG = 65_536;

/** A list of whole numbers in one typed array, which is replaced by a larger one when it is full. */
export class GrowingNumbers<T extends Numbers> {
  readonly #make: (length: number) => T;
  values: T;
  length = 0;

  constructor(make: (length: number) => T, capacity = 64) {
    this.#make = make;
    this.values = make(capacity);
  }

  /** Takes the numbers of a list that is full, in place of its own. */
  take(values: T): this {
    this.values = values;
    this.length = values.length;
    return this;
  }

  push(value: number): number {
    this.reserve(1);
    this.values[this.length] = value;
    return this.length++;
  }

  /** Makes room for this many more numbers. They are 0. */
  reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.values.length) return;
    const factor = this.values.length < LONG ? 2 : 1.125;
    const larger = this.#make(Math.max(needed, Math.ceil(factor * this.values.length)));
    larger.set(this.values.subarray(0, this.length));
    this.values = larger;
  }

  append(more: T): void {
    this.reserve(more.length);
    this.values.set(more, this.length);
    this.length += more.length;
  }

  /** The numbers without the room after them: a view that is valid until the list grows. */
  get used(): T {
    return this.values.subarray(0, this.length) as T;
  }

  get bytes(): number {
    return this.values.byteLength;
  }
}

export const growingBytes = () => new GrowingNumbers((length) => new Uint8Array(length));
export const growingWords = () => new GrowingNumbers((length) => new Uint32Array(length));
