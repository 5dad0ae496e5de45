import type { SearchEngine } from "@pipit/core";

/**
 * The engine of an element: a given one, which its owner closes, or one that the element opens on first use and closes. After a
 * failed opening the next search tries again.
 */
export class EngineHolder {
  readonly #open: (signal: AbortSignal) => Promise<SearchEngine>;
  #given: SearchEngine | undefined;
  #opened: Promise<SearchEngine> | undefined;
  #opening = new AbortController();

  /** The signal of `open` aborts when the engine is no longer wanted. */
  constructor(open: (signal: AbortSignal) => Promise<SearchEngine>) {
    this.#open = open;
  }

  get given(): SearchEngine | undefined {
    return this.#given;
  }

  /** "open" if there is an engine, or one is being opened. */
  get state(): "open" | "shut" {
    return this.#given || this.#opened ? "open" : "shut";
  }

  give(engine: SearchEngine | undefined): void {
    this.release();
    this.#given = engine;
  }

  get(): Promise<SearchEngine> {
    if (this.#given) return Promise.resolve(this.#given);
    if (this.#opened) return this.#opened;
    this.#opening = new AbortController();
    const opened = this.#open(this.#opening.signal);
    this.#opened = opened;
    opened.catch(() => {
      if (this.#opened === opened) this.#opened = undefined;
    });
    return opened;
  }

  /** Closes an engine that was opened here. One that is still opening is given up. */
  release(): void {
    const opened = this.#opened;
    this.#opened = undefined;
    this.#opening.abort();
    // An engine that failed to open needs no close, and its callers got the error.
    opened?.then((engine) => engine.close()).catch(() => undefined);
  }
}
