import type { SearchEngine } from "@pipit/core";

/** Opens an engine. `use` may be called before that with one that already answers. */
export type OpenEngine = (signal: AbortSignal, use: (engine: SearchEngine) => void) => Promise<SearchEngine>;

interface Opening {
  /** The newest engine that may be asked. */
  readonly engine: SearchEngine | undefined;
  /** The first such engine. */
  readonly first: Promise<SearchEngine>;
  readonly whole: Promise<SearchEngine>;
}

/**
 * The engine of an element: either given, and closed by its owner, or opened by the element on first use and closed by it. After a
 * failed opening the next search tries again.
 */
export class EngineHolder {
  readonly #open: OpenEngine;
  #given: SearchEngine | undefined;
  #opening: Opening | undefined;
  #leaving = new AbortController();

  /** The signal of `open` aborts when the engine is no longer needed. */
  constructor(open: OpenEngine) {
    this.#open = open;
  }

  get given(): SearchEngine | undefined {
    return this.#given;
  }

  /** "open" if an engine is open or being opened. */
  get state(): "open" | "shut" {
    return this.#given || this.#opening ? "open" : "shut";
  }

  give(engine: SearchEngine | undefined): void {
    this.release();
    this.#given = engine;
  }

  /** The engine to ask now. It may be one that is not whole yet. */
  get(): Promise<SearchEngine> {
    if (this.#given) return Promise.resolve(this.#given);
    this.#opening ??= this.#begun();
    const { engine, first } = this.#opening;
    return engine ? Promise.resolve(engine) : first;
  }

  /** Closes an engine that was opened here. If it is still opening, that is aborted. */
  release(): void {
    const opening = this.#opening;
    this.#opening = undefined;
    this.#leaving.abort();
    // An engine that failed to open needs no closing, and its callers got the error.
    opening?.whole.then((engine) => engine.close()).catch(() => undefined);
  }

  #begun(): Opening {
    this.#leaving = new AbortController();
    const known: { engine?: SearchEngine } = {};
    let found: (engine: SearchEngine) => void;
    const usable = new Promise<SearchEngine>((resolve) => {
      found = resolve;
    });
    const use = (engine: SearchEngine) => {
      known.engine = engine;
      found(engine);
    };
    const whole = this.#open(this.#leaving.signal, use).then((engine) => {
      use(engine);
      return engine;
    });
    const opening = {
      get engine() {
        return known.engine;
      },
      first: Promise.race([usable, whole]),
      whole,
    };
    whole.catch(() => {
      if (this.#opening === opening) this.#opening = undefined;
    });
    return opening;
  }
}
