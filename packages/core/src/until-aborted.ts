import { AbortedError } from "./errors.ts";

/**
 * The outcome of `work`, or an `AbortedError` as soon as the signal aborts; the work itself goes on. Each wait has a promise of its
 * own: a single promise for all would keep every value that it was raced against.
 */
export function untilAborted<T>(work: PromiseLike<T> | T, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new AbortedError(signal.reason));
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    const settled = () => signal.removeEventListener("abort", abort);
    Promise.resolve(work).then(resolve, reject).finally(settled);
  });
}
