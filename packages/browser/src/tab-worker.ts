import type { StartedHost, StartHost } from "./start-host.ts";

/** The host that the engines of a tab share. The first call starts it, also after a death. It ends with its last engine. */
export class TabWorker {
  readonly #start: StartHost;
  #host: StartedHost | undefined;
  #starting: Promise<StartedHost> | undefined;
  #users = 0;

  constructor(start: StartHost) {
    this.#start = start;
  }

  /** Resolves to a running host. Fails with `worker-died` if a new one does not start; the next call tries again. */
  async host(): Promise<StartedHost> {
    if (this.#host && !this.#host.life.dead) return this.#host;
    this.#starting ??= this.#begin();
    return this.#starting;
  }

  join(): void {
    this.#users++;
  }

  /** The last engine ends the worker: the memory of models cannot be freed in another way. */
  leave(): void {
    this.#users--;
    if (this.#users === 0) this.#end();
  }

  async #begin(): Promise<StartedHost> {
    try {
      this.#host = await this.#start();
      const host = this.#host;
      // All engines were closed while it started.
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
