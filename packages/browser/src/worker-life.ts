import { PipitError } from "@pipit/core";
import { type Remote, wrap } from "comlink";
import { type DeathWatch, watchHeartbeat, watchLock } from "./death-watch.ts";
import type { HostThread } from "./host-thread.ts";
import type { TabHost } from "./tab-host.ts";

/** If a module worker has not answered within this time, its script did not start. */
const STARTING_MS = 30_000;

/**
 * One host from start to death. The platform has no event for a crashed worker. The worker holds a Web Lock; the page requests the
 * same lock, and gets it only when the worker is gone. Without locks the page asks the worker every few seconds while calls
 * wait for it.
 */
export class WorkerLife {
  readonly remote: Remote<TabHost>;
  readonly #thread: HostThread;
  readonly #pending = new Set<(error: PipitError) => void>();
  #watch: DeathWatch | undefined;
  #death: PipitError | undefined;

  constructor(thread: HostThread) {
    this.#thread = thread;
    this.remote = wrap<TabHost>(thread.endpoint);
    thread.endpoint.addEventListener("messageerror", () =>
      this.#die("a message from the worker that could not be read"),
    );
  }

  get dead(): boolean {
    return this.#death !== undefined;
  }

  /** Resolves when the host answers. Fails with `worker-died`. */
  async start(): Promise<void> {
    const { endpoint } = this.#thread;
    const failed = (event: Event) => this.#die(startFailure(event));
    const timer = setTimeout(() => this.#die(`no answer of the worker within ${STARTING_MS} ms`), STARTING_MS);
    endpoint.addEventListener("error", failed as EventListener);
    try {
      await this.#watchOver();
    } finally {
      clearTimeout(timer);
      endpoint.removeEventListener("error", failed as EventListener);
    }
  }

  /** Runs one call. It rejects with `worker-died` if the worker ends before it answers. */
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

  async #watchOver(): Promise<void> {
    const lock = await this.call((remote) => remote.alive());
    const gone = () => this.#die("the worker's end");
    const pulse = { ask: () => this.remote.alive(), isAwaited: () => this.#pending.size > 0 };
    this.#watch = lock ? watchLock(lock, gone) : watchHeartbeat(pulse, gone);
  }

  #die(got: string): void {
    if (this.#death) return;
    this.#death = new PipitError("worker-died", {
      got,
      expected: "the worker to answer",
      do: "Call again: a fresh worker starts, and all that was reported as stored is there.",
    });
    this.#watch?.stop();
    this.#thread.end();
    for (const reject of this.#pending) reject(this.#death);
  }
}

// If a script did not load, the event has no message: the script is missing, or the page's policy refused it.
function startFailure(event: Event): string {
  const message = event instanceof ErrorEvent ? event.message : "";
  return message === "" ? "a worker whose script did not load" : `an error while the worker started: ${message}`;
}
