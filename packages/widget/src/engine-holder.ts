import type { SearchEngine } from "@pipit/core";

/**
 * The engine an element asks: one it was given, which stays its giver's to close, or one opened by the element on
 * first use, which the element closes. A failed opening is forgotten, so the next search tries again.
 */
export class EngineHolder {
  readonly #open: () => Promise<SearchEngine>;
  #given: SearchEngine | undefined;
  #opened: Promise<SearchEngine> | undefined;

  constructor(open: () => Promise<SearchEngine>) {
    this.#open = open;
  }

  get given(): SearchEngine | undefined {
    return this.#given;
  }

  /** Whether there is an engine to ask, as far as is known. */
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
    const opened = this.#open();
    this.#opened = opened;
    opened.catch(() => {
      if (this.#opened === opened) this.#opened = undefined;
    });
    return opened;
  }

  /** Closes what was opened here, also when it is still opening. */
  release(): void {
    const opened = this.#opened;
    this.#opened = undefined;
    // An engine that failed to open has nothing to close, and whoever asked for it was told why.
    opened?.then((engine) => engine.close()).catch(() => undefined);
  }
}
