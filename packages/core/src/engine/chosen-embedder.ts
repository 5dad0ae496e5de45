import type { Embedder } from "../ports/embedder.ts";

/** An embedder with the reason for its choice. */
export interface EmbedderChoice {
  /** Shared by many engines, so never closed by one. */
  readonly embedder: Embedder & { stats?(): { hits: number; misses: number } };
  /** The embedder's backend ("wasm", "webgpu", "native cpu", ...), for `stats`. */
  readonly backend: string;
  /** The reason for the choice of embedder and backend, in a sentence for users. */
  readonly why: string;
}

export type LoadEmbedder = () => Promise<EmbedderChoice>;

/** The embedder of an engine: given at once, or loaded while the engine already answers by words. A failed load is tried again when it is needed. */
export class ChosenEmbedder {
  readonly #load: LoadEmbedder;
  #choice: EmbedderChoice | undefined;
  #loading: Promise<EmbedderChoice> | undefined;
  #hasFailed = false;

  constructor(given: EmbedderChoice | LoadEmbedder) {
    this.#load = typeof given === "function" ? given : async () => given;
    if (typeof given !== "function") this.#choice = given;
  }

  /** Undefined until it is loaded. */
  get now(): EmbedderChoice | undefined {
    return this.#choice;
  }

  /** True from a failed load to the next one. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Loads it, or waits until it is loaded. Fails as loading does; the next call tries again. */
  async ready(): Promise<EmbedderChoice> {
    if (this.#choice) return this.#choice;
    this.#loading ??= this.#begin();
    const loaded = await this.#loading;
    // A better one may have been adopted meanwhile.
    this.#choice ??= loaded;
    return this.#choice;
  }

  async #begin(): Promise<EmbedderChoice> {
    this.#hasFailed = false;
    try {
      return await this.#load();
    } catch (error) {
      this.#hasFailed = true;
      this.#loading = undefined;
      throw error;
    }
  }

  adopt(choice: EmbedderChoice): void {
    this.#choice = choice;
  }
}
