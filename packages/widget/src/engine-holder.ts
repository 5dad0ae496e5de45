import type { SearchEngine } from "@pipit/core";

/**
 * The engine of an element: either given, and closed by its owner, or opened by the element on first use and closed by it. After a
 * failed opening the next search tries again.
 */
export class EngineHolder {
  readonly #open: (signal: AbortSignal) => Promise<SearchEngine>;
  #given: SearchEngine | undefined;
  #opened: Promise<SearchEngine> | undefined;
  #opening = new AbortController();

  /** The signal of `open` aborts when the engine is no longer needed. */
  constructor(open: (signal: AbortSignal) => Promise<SearchEngine>) {
    this.#open = open;
  }

  get given(): SearchEngine | undefined {
    return this.#given;
  }

  /** "open" if an engine is open or being opened. */
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

  /** Closes an engine that was opened here. If it is still opening, that is aborted. */
  release(): void {
    const opened = this.#opened;
    this.#opened = undefined;
    this.#opening.abort();
    // An engine that failed to open needs no closing, and its callers got the error.
    opened?.then((engine) => engine.close()).catch(() => undefined);
  }
}
