import { AbortedError } from "../errors.ts";

/** One caller's `embed`: collects its rows in the caller's order and settles once. */
export class LaneCall {
  readonly result: Promise<Float32Array<ArrayBuffer>>;
  readonly #matrix: Float32Array<ArrayBuffer>;
  readonly #dimensions: number;
  #missing: number;
  #resolve!: (matrix: Float32Array<ArrayBuffer>) => void;
  #reject!: (error: unknown) => void;
  #stopListening = () => {};
  settled = false;

  constructor(rows: number, dimensions: number) {
    this.#matrix = new Float32Array(rows * dimensions);
    this.#dimensions = dimensions;
    this.#missing = rows;
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    if (rows === 0) this.#settle(() => this.#resolve(this.#matrix));
  }

  /** `leave` runs after an abort has rejected the call. */
  abortOn(signal: AbortSignal | undefined, leave: () => void): void {
    if (!signal || this.settled) return;
    const abort = () => {
      this.fail(new AbortedError(signal.reason));
      leave();
    };
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener("abort", abort, { once: true });
    this.#stopListening = () => signal.removeEventListener("abort", abort);
  }

  deliver(row: number, vector: Float32Array): void {
    this.#matrix.set(vector, row * this.#dimensions);
    this.#missing -= 1;
    if (this.#missing === 0) this.#settle(() => this.#resolve(this.#matrix));
  }

  fail(error: unknown): void {
    this.#settle(() => this.#reject(error));
  }

  #settle(how: () => void): void {
    this.settled = true;
    this.#stopListening();
    how();
  }
}
