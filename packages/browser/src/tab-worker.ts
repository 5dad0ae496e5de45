import type { StartedHost, StartHost } from "./start-host.ts";

/** The host that the engines of a tab share: started by the first call, again after a death, ended with its last engine. */
export class TabWorker {
  readonly #start: StartHost;
  #host: StartedHost | undefined;
  #starting: Promise<StartedHost> | undefined;
  #users = 0;

  constructor(start: StartHost) {
    this.#start = start;
  }

  /** A host that answers. Fails with `worker-died` when a fresh one does not start; the next call tries again. */
  async host(): Promise<StartedHost> {
    if (this.#host && !this.#host.life.dead) return this.#host;
    this.#starting ??= this.#begin();
    return this.#starting;
  }

  join(): void {
    this.#users++;
  }

  /** Ending the worker is the only way to give back the memory that models took. */
  leave(): void {
    this.#users--;
    if (this.#users === 0) this.#end();
  }

  async #begin(): Promise<StartedHost> {
    try {
      this.#host = await this.#start();
      const host = this.#host;
      // All who wanted it left while it started.
      if (this.#users === 0) this.#end();
      return host;
    } finally {
      this.#starting = undefined;
    }
  }

  #end(): void {
    this.#host?.life.end();
    this.#host = undefined;
  }
}
