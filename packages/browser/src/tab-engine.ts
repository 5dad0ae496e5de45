import type { AddOptions, FoundEntry, FoundMedium, LoadProgress, SearchEngine } from "@pipit/core";

export interface TabOptions {
  /** Name of the collection. Tabs of one origin that open one name share its entries. */
  readonly name: string;
  /** URL of the starter encoder's file, on the page's own origin. */
  readonly starterUrl: string;
  /** Base URL of model files (`<models>/<model>/<file>`). Without it `improve` adopts nothing and returns the reason. */
  readonly models?: string | undefined;
  /**
   * Base URL of ONNX Runtime's .wasm and .mjs files, on the page's own origin. They are fetched only for WebGPU, and for models that the
   * encoder kernel cannot compute.
   */
  readonly ortUrl?: string | undefined;
  /** Which WebGPU adapters may be used. Default "hardware". "any" includes software adapters, which are correct but slow. */
  readonly webgpu?: "hardware" | "any" | "never" | undefined;
  /**
   * The upper limit of threads that share work, 1 to 8. Default 1. They build the index together if the page is isolated
   * (`crossOriginIsolated`). They embed together if the encoder kernel computes the model; then each has a copy of it.
   */
  readonly threads?: number | undefined;
  /** Makes the worker, for bundlers and policies that need their own URL. Engines of one tab with the same function share one worker. */
  readonly createWorker?: (() => Worker) | undefined;
  /**
   * The place where entries are stored. "device" (default) keeps them for later visits, or in memory if the page may not have a database.
   * "memory" keeps them until the worker ends.
   */
  readonly storage?: "device" | "memory" | undefined;
  /**
   * BCP 47 tag of the language of the entries. The search by words knows inflections and words of little meaning of 21 languages. Default "en". It
   * may change between visits.
   */
  readonly language?: string | undefined;
  /**
   * "words": the engine opens without the starter, as soon as it finds words as they were typed. Until `whole` resolves it answers by words
   * alone and says `partial`; a call that needs vectors loads the starter and fails if it cannot be had. Default: it opens when it is whole.
   */
  readonly early?: "words" | undefined;
  /** Called for each limit of this page. Default: writes it to the console. */
  readonly onLimit?: ((limit: Limit) => void) | undefined;
}

/** A feature that this page or browser does not allow. The engine works without it; `effect` describes the difference. */
export interface Limit {
  readonly what: "worker" | "webassembly" | "storage";
  readonly got: string;
  /** The consequence, in a sentence. */
  readonly effect: string;
  /** The change that the site's owner can make, in a sentence. */
  readonly do: string;
}

export interface ImproveProgress extends Omit<LoadProgress, "stage"> {
  /** `done` counts bytes for "download", layers for "pack", entries for "refine"; it is 0 or 1 for "prove". */
  readonly stage: LoadProgress["stage"] | "refine";
}

export interface ImproveOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ImproveProgress) => void) | undefined;
}

export interface ImproveSummary {
  /** True if the better model embeds queries from now on. */
  readonly adopted: boolean;
  /** The model and device that were chosen, with the reason; or the reason why none was. */
  readonly why: string;
}

export interface EmbedTextsOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * The engine of one collection in this tab's worker. All engines of a tab share the worker, and a model is loaded once.
 *
 * When the worker dies, every pending call rejects with `worker-died`, and the next call starts a new worker. Entries whose `add`
 * progress was reported are in the database. Entries that were held in memory are lost: every call rejects with `storage-failed`
 * until the collection is opened again. Other failures: `storage-full`, `storage-blocked`, `storage-outdated`, `storage-failed`.
 */
export interface TabEngine extends SearchEngine {
  /** Limits of this page that were met so far. If "storage" is among them, entries are lost when the page closes. */
  readonly limits: readonly Limit[];
  /** Loads the better model, proves it on this device, adopts it, then embeds provisional entries again. Searches continue meanwhile. */
  improve(options?: ImproveOptions): Promise<ImproveSummary>;
  /** Embeds the entries that were added with `meaning: "later"`, in this visit or an earlier one. Searches continue meanwhile. */
  complete(options?: Pick<AddOptions, "signal" | "onProgress">): Promise<void>;
  /** Unit vectors of the engine's space, row-major [texts.length, dimensions], by the producer that embeds queries now. */
  embed(texts: readonly string[], options?: EmbedTextsOptions): Promise<Float32Array<ArrayBuffer>>;
  /** Opens the rest of an engine that was opened early, after the queries that are asked now. Fails as opening does without `early`. */
  whole(): Promise<void>;
  /** Ids of all entries. */
  ids(): Promise<string[]>;
  /**
   * The entries of these ids as they are stored, in the order of the ids; those that are missing are left out. An engine that was opened
   * early reads them as well as a whole one.
   */
  entriesOf(ids: readonly string[]): Promise<FoundEntry[]>;
  /** A medium of an entry by its position, with its bytes; undefined if there is none, or its bytes are not stored. */
  mediumOf(id: string, at: number): Promise<FoundMedium | undefined>;
  /** Calls `listener` after writes of other tabs, which may change search results. Returns the function that ends the subscription. */
  onChange(listener: () => void): () => void;
}
