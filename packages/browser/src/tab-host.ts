import {
  type AddOptions,
  type AddProgress,
  type ByteStore,
  closedError,
  createEngine,
  type EmbedderChoice,
  type Entry,
  type EntryPatch,
  type EntryStore,
  type FoundEntry,
  type FoundMedium,
  type FurtherSpace,
  type IndexKind,
  type LoadEmbedder,
  type LocalEngine,
  type MediaReaders,
  openCollection,
  type Query,
  type SearchOptions,
  type Space,
  type TokenScorer,
  textPiece,
  throwIfAborted,
} from "@pipit/core";
import { type Remote, releaseProxy, transfer } from "comlink";
import { holdLifeLock } from "./death-watch.ts";
import { explained } from "./explained.ts";
import { indexOrScan } from "./index-or-scan.ts";
import { laterIndex, laterScorer } from "./later-parts.ts";
import { once } from "./once.ts";
import type {
  AddCallbacks,
  Address,
  CallId,
  CompleteCallbacks,
  Handle,
  ImproveCallbacks,
  OpenCallbacks,
  OpenRequest,
} from "./protocol.ts";
import type { ImproveOptions, ImproveSummary } from "./tab-engine.ts";
import { TabStorage } from "./tab-storage.ts";

export interface BetterModel extends EmbedderChoice {
  /** Resolves when it cannot compute any more, as on a GPU that was lost for good. Absent if that does not happen. */
  readonly unusable?: Promise<void> | undefined;
}

/** The parts of a worker. They are passed in, so that an app's own worker can have other models. */
export interface HostParts {
  /** The space of both models, by which a collection can be opened before the first embedder is there. Without it, opening waits. */
  readonly space?: Space | undefined;
  /** The embedder that is ready at once. Called once per starter URL; engines share the result. */
  first(request: OpenRequest): Promise<EmbedderChoice>;
  /** The better model, proven on this device, or the reason why none is available. It may be called again, and must share its work itself. */
  better(request: OpenRequest, options: ImproveOptions): Promise<BetterModel | { readonly none: string }>;
  index(request: OpenRequest): Promise<IndexKind>;
  /** Name of that index, by which a collection can be opened before it is loaded. Without it, opening waits. */
  readonly indexName?: string | undefined;
  /** What reads pictures and other media, and the spaces of that. Its embedders may load their models when they are first used. Without it media are refused. */
  readonly media?: TabMedia | undefined;
  /** Compares token vectors, which the better model makes. It is loaded when there are some; where it is missing, tokens are not compared. */
  scorer?(): Promise<TokenScorer>;
}

export interface TabMedia {
  readonly further: readonly FurtherSpace[];
  readonly readers: MediaReaders;
}

interface Opened {
  readonly request: OpenRequest;
  readonly engine: LocalEngine;
  readonly callbacks: Remote<OpenCallbacks>;
  /** What was adopted in place of the first embedder. */
  adopted?: EmbedderChoice | undefined;
}

/** An engine that opens early is asked within this time, if at all soon: opening begins when a reader types. */
const LULL_MS = 50;

/** The worker's side of every call: one object per worker. `handle` identifies the collection. */
export class TabHost {
  readonly #parts: HostParts;
  readonly #opened = new Map<Handle, Opened>();
  readonly #calls = new Map<CallId, AbortController>();
  readonly #searches = new Set<Promise<unknown>>();
  readonly #first: HostParts["first"];
  readonly #storage = new TabStorage();
  readonly #life = new AbortController();
  #lock: Promise<string | undefined> | undefined;
  #handles = 0;

  constructor(parts: HostParts) {
    this.#parts = parts;
    this.#first = once((request) => request.starterUrl, parts.first);
  }

  /** The name of a Web Lock that is held until this host ends; undefined without locks. */
  alive(): Promise<string | undefined> {
    this.#lock ??= holdLifeLock(this.#life.signal);
    return this.#lock;
  }

  async open(request: OpenRequest, callbacks: Remote<OpenCallbacks>): Promise<Handle> {
    const space = request.early && this.#parts.space;
    // Opening the starter takes longest and blocks this thread, so other fetches begin before it.
    const { media } = this.#parts;
    const [snapshots, files, index, choice] = await Promise.all([
      this.#storage.snapshots(request),
      media && this.#storage.media(request),
      this.#indexFor(request, callbacks),
      space ? undefined : this.#loaded(request),
    ]);
    const { store, limit } = await this.#storage.open(request, space || choice!.embedder.space);
    if (limit) await callbacks.limited(limit);
    const load = () => this.#loaded(request);
    const scorer = request.models && this.#parts.scorer ? laterScorer(this.#parts.scorer) : undefined;
    const chosen = choice ?? { load };
    const engine = await openEngine({ request, chosen, store, snapshots, index, scorer, files, media });
    store.onChange(() => void callbacks.changed());
    const handle = ++this.#handles;
    this.#opened.set(handle, { request, engine, callbacks });
    return handle;
  }

  /** What opens early needs an index only when there are vectors. */
  async #indexFor(request: OpenRequest, callbacks: Remote<OpenCallbacks>): Promise<IndexKind> {
    const load = async () => {
      const { index, limit } = await indexOrScan(() => this.#parts.index(request));
      if (limit) await callbacks.limited(limit);
      return index;
    };
    const name = request.early && this.#parts.indexName;
    return name ? laterIndex(name, load) : load();
  }

  #loaded(request: OpenRequest): Promise<EmbedderChoice> {
    return explained(() => this.#first(request));
  }

  async add({ handle, call }: Address, callbacks: Remote<AddCallbacks>, { meaning }: Pick<AddOptions, "meaning"> = {}) {
    const { engine } = this.#at(handle);
    let told: Promise<void> = Promise.resolve();
    try {
      return await this.#during(call, (signal) =>
        engine.add(pulled(callbacks), {
          signal,
          meaning,
          onProgress: (progress) => {
            told = callbacks.progress(progress);
          },
        }),
      );
    } finally {
      await told;
      callbacks[releaseProxy]();
    }
  }

  async update({ handle }: Address, id: string, patch: EntryPatch): Promise<void> {
    await this.#at(handle).engine.update(id, patch);
  }

  async remove({ handle }: Address, ids: readonly string[]): Promise<number> {
    return this.#at(handle).engine.remove(ids);
  }

  async search({ handle, call }: Address, query: Query, options: Omit<SearchOptions, "signal">) {
    const { engine } = this.#at(handle);
    const search = this.#during(call, (signal) => engine.search(query, { ...options, signal }));
    this.#searches.add(search);
    return search.finally(() => this.#searches.delete(search));
  }

  async complete({ handle, call }: Address, callbacks: Remote<CompleteCallbacks>): Promise<void> {
    const { engine } = this.#at(handle);
    let told: Promise<void> = Promise.resolve();
    const onProgress = (progress: AddProgress) => {
      told = callbacks.progress(progress);
    };
    try {
      await this.#during(call, (signal) => engine.complete({ signal, onProgress }));
    } finally {
      await told;
      callbacks[releaseProxy]();
    }
  }

  async whole({ handle }: Address): Promise<void> {
    const { engine } = this.#at(handle);
    // Opening the rest blocks this thread for a tenth of a second at a time: the first queries are answered before.
    await new Promise((resolve) => void setTimeout(resolve, LULL_MS));
    await Promise.allSettled(this.#searches);
    await engine.whole();
  }

  async ids({ handle }: Address): Promise<string[]> {
    return this.#at(handle).engine.ids();
  }

  async entriesOf({ handle }: Address, ids: readonly string[]): Promise<FoundEntry[]> {
    return this.#at(handle).engine.entriesOf(ids);
  }

  async mediumOf({ handle }: Address, id: string, at: number): Promise<FoundMedium | undefined> {
    const medium = await this.#at(handle).engine.mediumOf(id, at);
    return medium && transfer(medium, [medium.bytes.buffer]);
  }

  async stats({ handle }: Address) {
    return this.#at(handle).engine.stats();
  }

  async embed({ handle, call }: Address, texts: readonly string[]) {
    const { request, adopted } = this.#at(handle);
    const { embedder } = adopted ?? (await this.#loaded(request));
    const matrix = await this.#during(call, (signal) => embedder.embed(texts.map(textPiece), { signal }));
    return transfer(matrix, [matrix.buffer]);
  }

  async improve({ handle, call }: Address, callbacks: Remote<ImproveCallbacks>): Promise<ImproveSummary> {
    const opened = this.#at(handle);
    let told: Promise<void> = Promise.resolve();
    const onProgress: ImproveOptions["onProgress"] = (progress) => {
      told = callbacks.progress(progress);
    };
    try {
      return await this.#during(call, (signal) => this.#improve(opened, { signal, onProgress }));
    } finally {
      await told;
      callbacks[releaseProxy]();
    }
  }

  async #improve(opened: Opened, { signal, onProgress }: ImproveOptions): Promise<ImproveSummary> {
    const better = await this.#parts.better(opened.request, { signal, onProgress });
    if ("none" in better) return { adopted: false, why: better.none };
    throwIfAborted(signal);
    this.#adopt(opened, better);
    void better.unusable?.then(() => this.#replace(better, opened));
    await opened.engine.refine({ signal, onProgress: (progress) => onProgress?.({ stage: "refine", ...progress }) });
    return { adopted: true, why: better.why };
  }

  #adopt(opened: Opened, choice: EmbedderChoice): void {
    opened.engine.adopt(choice);
    opened.adopted = choice;
  }

  /** The first embedder answers until another backend computes the better model, if one does. */
  async #replace(unusable: BetterModel, opened: Opened): Promise<void> {
    const isOpen = () => [...this.#opened.values()].includes(opened);
    if (!isOpen() || opened.adopted !== unusable) return;
    try {
      this.#adopt(opened, await this.#first(opened.request));
      const { adopted, why } = await this.#improve(opened, { signal: this.#life.signal });
      if (!adopted) console.warn(`Pipit: no backend computes the better model any more: ${why}`);
    } catch (error) {
      if (isOpen()) console.warn("Pipit: the better model was lost, and not loaded again.", error);
    }
  }

  async close(handle: Handle): Promise<void> {
    const opened = this.#opened.get(handle);
    this.#opened.delete(handle);
    await opened?.engine.close();
    opened?.callbacks[releaseProxy]();
  }

  /** Closes everything. A host on the page's thread needs it; a worker is simply terminated. */
  async end(): Promise<void> {
    this.#life.abort();
    await Promise.allSettled([...this.#opened.keys()].map((handle) => this.close(handle)));
  }

  abort(call: CallId): void {
    this.#calls.get(call)?.abort();
  }

  #at(handle: Handle): Opened {
    const opened = this.#opened.get(handle);
    if (opened) return opened;
    throw closedError("collection");
  }

  async #during<T>(call: CallId, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    this.#calls.set(call, controller);
    try {
      return await work(controller.signal);
    } finally {
      this.#calls.delete(call);
    }
  }
}

interface EngineMaterial {
  readonly request: OpenRequest;
  readonly chosen: EmbedderChoice | { readonly load: LoadEmbedder };
  readonly store: EntryStore;
  readonly snapshots: ByteStore | undefined;
  readonly index: IndexKind;
  readonly scorer: TokenScorer | undefined;
  readonly files: ByteStore | undefined;
  readonly media: TabMedia | undefined;
}

async function openEngine({ request, chosen, files, media, ...parts }: EngineMaterial): Promise<LocalEngine> {
  try {
    const { name, language } = request;
    const early = "load" in chosen ? ("words" as const) : undefined;
    const meanings = "load" in chosen ? undefined : chosen.embedder.meanings;
    const snapshotKey = `${name}:${parts.index.name}`;
    const options = { snapshotKey, language, meanings, early, further: media?.further, media: files };
    const collection = await openCollection({ ...parts, ...options });
    return createEngine({ collection, ...chosen, media: media?.readers });
  } catch (error) {
    await parts.store.close();
    throw error;
  }
}

/** The page's entries, pulled only when the engine needs more. */
async function* pulled(callbacks: Remote<AddCallbacks>): AsyncGenerator<Entry> {
  for (;;) {
    const entries = await callbacks.pull();
    if (entries.length === 0) return;
    yield* entries;
  }
}
