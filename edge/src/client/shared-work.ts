import { untilAborted } from "@pipit/core";

interface Running<T> {
  readonly outcome: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/**
 * One-time work that several callers wait for. A caller that aborts ends its own wait. The work is aborted when the last caller has
 * left, and forgotten when it fails, so that the next caller begins it again.
 */
export class SharedWork<T> {
  readonly #work: (signal: AbortSignal) => Promise<T>;
  #running: Running<T> | undefined;
  #done: { readonly value: T } | undefined;

  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.#work = work;
  }

  async wait(signal: AbortSignal): Promise<T> {
    if (this.#done) return this.#done.value;
    this.#running ??= this.#begin();
    const running = this.#running;
    running.waiting += 1;
    try {
      return await untilAborted(running.outcome, signal);
    } finally {
      running.waiting -= 1;
      if (running.waiting === 0) this.#end(running);
    }
  }

  #begin(): Running<T> {
    const controller = new AbortController();
    const outcome = this.#work(controller.signal).then((value) => {
      this.#done = { value };
      return value;
    });
    return { outcome, controller, waiting: 0 };
  }

  /** Nobody waits: it has succeeded, failed, or is for nobody. */
  #end(running: Running<T>): void {
    if (this.#running === running) this.#running = undefined;
    running.controller.abort();
  }
}
