import { AbortedError } from "../errors.ts";
import type { Priority } from "../ports/embedder.ts";

/** Vectors by cache key. */
export type VectorsByKey = ReadonlyMap<string, Float32Array>;

/**
 * One computation that several callers may wait for. It is aborted when the last of them has left, and not before: one
 * caller's abort is no reason to fail the others.
 */
export class Flight {
  readonly priority: Priority;
  readonly result: Promise<VectorsByKey>;
  readonly #controller = new AbortController();
  #waiting = 0;

  constructor(priority: Priority, work: (signal: AbortSignal) => Promise<VectorsByKey>) {
    this.priority = priority;
    this.result = work(this.#controller.signal);
    // A flight that all have left fails with nobody to hear it.
    this.result.catch(() => {});
  }

  /** False once it was aborted: nobody may join any more. */
  get open(): boolean {
    return !this.#controller.signal.aborted;
  }

  wait(signal: AbortSignal | undefined): Promise<VectorsByKey> {
    this.#waiting += 1;
    if (!signal) return this.result;
    return new Promise((resolve, reject) => {
      const abort = () => {
        reject(new AbortedError(signal.reason));
        this.#waiting -= 1;
        if (this.#waiting === 0) this.#controller.abort(signal.reason);
      };
      if (signal.aborted) return abort();
      signal.addEventListener("abort", abort, { once: true });
      const stop = () => signal.removeEventListener("abort", abort);
      this.result.then(resolve, reject).finally(stop);
    });
  }
}
