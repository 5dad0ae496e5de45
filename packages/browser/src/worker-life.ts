import { PipitError } from "@pipit/core";
import { type Remote, wrap } from "comlink";
import type { TabHost } from "./tab-host.ts";

/** A module worker that says nothing for so long will not: its script is missing, or stuck before its first line. */
const STARTING_MS = 30_000;

/**
 * One worker from start to death. The platform has no event for a worker that crashed; a Web Lock that the worker holds
 * tells it: the page waits for the same lock, and gets it only when the worker is gone.
 */
export class WorkerLife {
  readonly remote: Remote<TabHost>;
  readonly #worker: Worker;
  readonly #pending = new Set<(error: PipitError) => void>();
  readonly #watch = new AbortController();
  #death: PipitError | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    this.remote = wrap<TabHost>(worker);
    worker.addEventListener("messageerror", () => this.#die("a message from the worker that could not be read"));
  }

  get dead(): boolean {
    return this.#death !== undefined;
  }

  /** Resolves when the worker answers. Fails with `worker-died`. */
  async start(): Promise<void> {
    const failed = (event: ErrorEvent) => this.#die(`an error while the worker started: ${event.message}`);
    const timer = setTimeout(() => this.#die(`no answer of the worker within ${STARTING_MS} ms`), STARTING_MS);
    this.#worker.addEventListener("error", failed);
    try {
      this.#watchLock(await this.call((remote) => remote.alive()));
    } finally {
      clearTimeout(timer);
      this.#worker.removeEventListener("error", failed);
    }
  }

  /** Runs one call; rejects with `worker-died` when the worker ends before it answers. */
  call<T>(work: (remote: Remote<TabHost>) => Promise<T>): Promise<T> {
    if (this.#death) return Promise.reject(this.#death);
    return new Promise<T>((resolve, reject) => {
      this.#pending.add(reject);
      work(this.remote)
        .then(resolve, reject)
        .finally(() => this.#pending.delete(reject));
    });
  }

  end(): void {
    this.#die("the end of the worker by its page");
  }

  #watchLock(name: string): void {
    const gone = navigator.locks.request(name, { signal: this.#watch.signal }, () => this.#die("the worker's end"));
    gone.catch(() => undefined);
  }

  #die(got: string): void {
    if (this.#death) return;
    this.#death = new PipitError("worker-died", {
      got,
      expected: "the worker to answer",
      do: "Call again: a fresh worker starts, and all that was reported as stored is there.",
    });
    this.#watch.abort();
    this.#worker.terminate();
    for (const reject of this.#pending) reject(this.#death);
    this.#pending.clear();
  }
}
