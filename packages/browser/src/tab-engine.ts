import type { SearchEngine } from "@pipit/core";

export interface TabOptions {
  /** Name of the collection. Tabs of one origin that open one name share its entries. */
  readonly name: string;
  /** Where the starter encoder's file lies, on the page's own origin. */
  readonly starterUrl: string;
  /** Base URL under which model files lie (`<models>/<model>/<file>`). Without it `improve` answers that there is nothing to adopt. */
  readonly models?: string | undefined;
  /**
   * Base URL of ONNX Runtime's .wasm and .mjs files, on the page's own origin, for WebGPU and for models that the encoder kernel
   * does not know. Nothing is fetched from there otherwise.
   */
  readonly ortUrl?: string | undefined;
  /** Which WebGPU adapters may be proven: "hardware" unless told. "any" admits software adapters, which are right but slow. */
  readonly webgpu?: "hardware" | "any" | "never" | undefined;
  /**
   * Threads that share work at most, 1 to 8; one unless told. They build the index together where the page is isolated
   * (`crossOriginIsolated`), and embed together wherever the encoder kernel computes the model: each of them holds it anew then.
   */
  readonly threads?: number | undefined;
  /** Makes the worker, for bundlers and policies that want their own URL. Engines of one tab that name the same function share one worker. */
  readonly createWorker?: (() => Worker) | undefined;
  /**
   * Where entries lie: "device" unless told, which keeps them for later visits and falls back to memory where the page may
   * have no database. "memory" keeps them as long as the worker lives.
   */
  readonly storage?: "device" | "memory" | undefined;
  /** Hears of each limit this page sets; writes it to the console unless told. */
  readonly onLimit?: ((limit: Limit) => void) | undefined;
}

/** Something that this page or browser does not allow. The engine works around it, at a price. */
export interface Limit {
  readonly what: "worker" | "webassembly" | "storage";
  readonly got: string;
  /** What follows from it, in a sentence. */
  readonly effect: string;
  /** What the site's owner can change, in a sentence. */
  readonly do: string;
}

export interface ImproveProgress {
  readonly stage: "download" | "pack" | "prove" | "refine";
  /** Bytes for "download", layers for "pack", entries for "refine"; 0 or 1 for "prove". */
  readonly done: number;
  readonly total?: number | undefined;
}

export interface ImproveOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ImproveProgress) => void) | undefined;
}

export interface ImproveSummary {
  /** True when queries are now embedded by the better model. */
  readonly adopted: boolean;
  /** Which model on what device, and why that one; or why none. */
  readonly why: string;
}

export interface EmbedTextsOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * The engine of one collection, at work in this tab's worker. All engines of a tab share the worker, and a model is loaded once.
 *
 * When the worker dies every pending call rejects with `worker-died` and the next call starts a fresh one; entries whose `add`
 * progress was reported are in the database. Entries that were held in memory are gone then: every call rejects with `storage-failed`
 * until the collection is opened again. Fails besides with `storage-full`, `storage-blocked`, `storage-outdated`, `storage-failed`.
 */
export interface TabEngine extends SearchEngine {
  /** What this page does not allow, as far as it was met. With "storage" among them entries are gone with the page. */
  readonly limits: readonly Limit[];
  /** Loads the better model, proves it on this device, adopts it, then embeds provisional entries again. Searches go on meanwhile. */
  improve(options?: ImproveOptions): Promise<ImproveSummary>;
  /** Unit vectors of the engine's space, row-major [texts.length, dimensions], by the producer that embeds queries now. */
  embed(texts: readonly string[], options?: EmbedTextsOptions): Promise<Float32Array<ArrayBuffer>>;
  /** Ids of all entries. */
  ids(): Promise<string[]>;
  /** Tells of writes by other tabs: what a search answers may have changed. Returns the function that ends the subscription. */
  onChange(listener: () => void): () => void;
}
