import type { ComputedText, TokenValues } from "../computed-text.ts";
import { AbortedError } from "../errors.ts";

/** All rows of a call, in the caller's order. */
export interface LaneResult {
  readonly vectors: Float32Array<ArrayBuffer>;
  /** Of each row, if token vectors were asked for. */
  readonly tokens: TokenValues[];
  readonly counts: number[];
}

/** One caller's `embed`: collects its rows in the caller's order and settles once. */
export class LaneCall {
  readonly result: Promise<LaneResult>;
  readonly #collected: LaneResult;
  readonly #dimensions: number;
  #missing: number;
  #resolve!: (result: LaneResult) => void;
  #reject!: (error: unknown) => void;
  #stopListening = () => {};
  settled = false;

  constructor(rows: number, dimensions: number) {
    this.#collected = { vectors: new Float32Array(rows * dimensions), tokens: [], counts: [] };
    this.#dimensions = dimensions;
    this.#missing = rows;
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    if (rows === 0) this.#settle(() => this.#resolve(this.#collected));
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

  deliver(row: number, { vector, tokens, count }: ComputedText): void {
    this.#collected.vectors.set(vector, row * this.#dimensions);
    if (tokens && count !== undefined) {
      this.#collected.tokens[row] = tokens;
      this.#collected.counts[row] = count;
    }
    this.#missing -= 1;
    if (this.#missing === 0) this.#settle(() => this.#resolve(this.#collected));
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
