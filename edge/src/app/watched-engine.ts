import type {
  AddOptions,
  EmbedderChoice,
  EntryPatch,
  EntrySource,
  FoundEntry,
  FoundMedium,
  LocalEngine,
  Query,
  SearchOptions,
  SearchResult,
} from "@pipit/core";

/** Wraps an engine and records whether calls are running, and if none are, since when. */
export class WatchedEngine implements LocalEngine {
  readonly #engine: LocalEngine;
  #calls = 0;
  #since = performance.now();

  constructor(engine: LocalEngine) {
    this.#engine = engine;
  }

  /** True if no call is running and none ran in the last `milliseconds`. */
  isIdle(milliseconds: number): boolean {
    return this.#calls === 0 && performance.now() - this.#since >= milliseconds;
  }

  /** Call it when the engine is handed to a caller. */
  note(): void {
    this.#since = performance.now();
  }

  add(entries: EntrySource, options?: AddOptions) {
    return this.#during(() => this.#engine.add(entries, options));
  }

  update(id: string, patch: EntryPatch): Promise<void> {
    return this.#during(() => this.#engine.update(id, patch));
  }

  remove(ids: readonly string[]): Promise<number> {
    return this.#during(() => this.#engine.remove(ids));
  }

  search(query: string | Float32Array | Query, options?: SearchOptions): Promise<SearchResult> {
    return this.#during(() => this.#engine.search(query, options));
  }

  stats() {
    return this.#during(() => this.#engine.stats());
  }

  refine(options?: AddOptions): Promise<void> {
    return this.#during(() => this.#engine.refine(options));
  }

  complete(options?: AddOptions): Promise<void> {
    return this.#during(() => this.#engine.complete(options));
  }

  whole(): Promise<void> {
    return this.#during(() => this.#engine.whole());
  }

  ids(): Promise<string[]> {
    return this.#during(() => this.#engine.ids());
  }

  entriesOf(ids: readonly string[]): Promise<FoundEntry[]> {
    return this.#during(() => this.#engine.entriesOf(ids));
  }

  mediumOf(id: string, at: number): Promise<FoundMedium | undefined> {
    return this.#during(() => this.#engine.mediumOf(id, at));
  }

  adopt(choice: EmbedderChoice): void {
    this.#engine.adopt(choice);
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  async #during<T>(call: () => Promise<T>): Promise<T> {
    this.#calls++;
    try {
      return await call();
    } finally {
      this.#calls--;
      this.note();
    }
  }
}
