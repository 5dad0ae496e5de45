import { untilAborted } from "./until-aborted.ts";

interface Running<T> {
  readonly outcome: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/**
 * One-time work that several callers wait for; its value is kept. A caller that aborts ends its own wait. The work is aborted when the
 * last caller has left before its end, and forgotten when it fails, so that the next caller begins its own.
 */
export class SharedWork<T> {
  #running: Running<T> | undefined;
  #done: { readonly value: T } | undefined;

  /** Joins the work under way, or begins `work` if there is none. Fails as the work does, and with `aborted`. */
  async run(signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#done) return this.#done.value;
    this.#running ??= this.#begin(work);
    const running = this.#running;
    running.waiting += 1;
    try {
      return await (signal ? untilAborted(running.outcome, signal) : running.outcome);
    } finally {
      running.waiting -= 1;
      if (running.waiting === 0) this.#end(running);
    }
  }

  #begin(work: (signal: AbortSignal) => Promise<T>): Running<T> {
    const controller = new AbortController();
    const outcome = work(controller.signal).then((value) => {
      this.#done = { value };
      return value;
    });
    return { outcome, controller, waiting: 0 };
  }

  /** No caller waits any more: the work has succeeded or failed, or all callers have left. A kept value may still listen to the signal. */
  #end(running: Running<T>): void {
    if (this.#done) return;
    if (this.#running === running) this.#running = undefined;
    running.controller.abort();
  }
}
