import {
  AbortedError,
  type AddOptions,
  type AddSummary,
  assertSignal,
  assertSource,
  checkedAdd,
  checkedId,
  checkedIds,
  checkedPatch,
  checkedSearch,
  checkedTexts,
  closedError,
  type EngineStats,
  type EntryPatch,
  type EntrySource,
  type FoundEntry,
  type FoundMedium,
  isPipitError,
  PipitError,
  type Query,
  type SearchOptions,
  type SearchResult,
  throwIfAborted,
  withStored,
} from "@pipit/core";
import { proxy, type Remote, transfer } from "comlink";
import { EntryFeed } from "./entry-feed.ts";
import { isGivenUp } from "./give-up.ts";
import type { Address, Handle, OpenRequest } from "./protocol.ts";
import type { EmbedTextsOptions, ImproveOptions, ImproveSummary, Limit, TabEngine } from "./tab-engine.ts";
import type { TabHost } from "./tab-host.ts";
import type { TabWorker } from "./tab-worker.ts";
import type { WorkerLife } from "./worker-life.ts";

interface Session {
  readonly life: WorkerLife;
  readonly opening: Promise<Handle>;
}

export interface EngineProxyParts {
  readonly worker: TabWorker;
  readonly request: OpenRequest;
  readonly onLimit: (limit: Limit) => void;
}

let calls = 0;

/** The page's proxy of a collection in the worker. After the worker's death it opens the collection again in a new worker. */
export class EngineProxy implements TabEngine {
  readonly #worker: TabWorker;
  readonly #request: OpenRequest;
  readonly #onLimit: EngineProxyParts["onLimit"];
  readonly #limits = new Map<Limit["what"], Limit>();
  readonly #listeners = new Set<() => void>();
  #session: Session | undefined;
  #improved = false;
  #closed = false;

  constructor({ worker, request, onLimit }: EngineProxyParts) {
    this.#worker = worker;
    this.#request = request;
    this.#onLimit = onLimit;
    worker.join();
  }

  get limits(): readonly Limit[] {
    return [...this.#limits.values()];
  }

  /** Resolves when the collection is open. */
  async open(): Promise<void> {
    const { opening } = await this.#open();
    await opening;
  }

  async add(entries: EntrySource, options: AddOptions = {}): Promise<AddSummary> {
    assertSource(entries);
    const { signal, onProgress, meaning } = checkedAdd(options);
    const total = Array.isArray(entries) ? entries.length : undefined;
    const feed = new EntryFeed(entries);
    let told = 0;
    const callbacks = proxy({
      pull: () => feed.pull(),
      progress({ done }: { done: number }) {
        told = done;
        onProgress?.({ done, total });
      },
    });
    try {
      return await this.#call(signal, (remote, address) => remote.add(address, callbacks, { meaning }));
    } catch (error) {
      throw failureOfAdd(error, feed, told);
    } finally {
      feed.end();
    }
  }

  async update(id: string, patch: EntryPatch): Promise<void> {
    const [checked, change] = [checkedId(id), checkedPatch(patch)];
    await this.#call(undefined, (remote, address) => remote.update(address, checked, change));
  }

  async remove(ids: readonly string[]): Promise<number> {
    const checked = checkedIds(ids);
    return this.#call(undefined, (remote, address) => remote.remove(address, checked));
  }

  async search(given: string | Float32Array | Query, options: SearchOptions = {}): Promise<SearchResult> {
    const { query, ...plain } = checkedSearch(given, options);
    // A copy, because the message may be sent after this call returns, unless the vector was marked for transfer.
    const sent: Query = isGivenUp(given) ? transfer({ vector: given }, [given.buffer]) : query;
    return this.#call(options.signal, (remote, address) => remote.search(address, sent, plain));
  }

  async complete({ signal, onProgress }: Pick<AddOptions, "signal" | "onProgress"> = {}): Promise<void> {
    const callbacks = proxy({ progress: onProgress ?? (() => undefined) });
    await this.#call(signal, (remote, address) => remote.complete(address, callbacks));
  }

  whole(): Promise<void> {
    return this.#call(undefined, (remote, address) => remote.whole(address));
  }

  ids(): Promise<string[]> {
    return this.#call(undefined, (remote, address) => remote.ids(address));
  }

  async entriesOf(ids: readonly string[]): Promise<FoundEntry[]> {
    const checked = checkedIds(ids);
    return this.#call(undefined, (remote, address) => remote.entriesOf(address, checked));
  }

  async mediumOf(id: string, at: number): Promise<FoundMedium | undefined> {
    const checked = checkedId(id);
    return this.#call(undefined, (remote, address) => remote.mediumOf(address, checked, at));
  }

  stats(): Promise<EngineStats> {
    return this.#call(undefined, (remote, address) => remote.stats(address));
  }

  async embed(given: readonly string[], { signal }: EmbedTextsOptions = {}): Promise<Float32Array<ArrayBuffer>> {
    const texts = checkedTexts(given);
    assertSignal(signal);
    return this.#call(signal, (remote, address) => remote.embed(address, texts));
  }

  async improve({ signal, onProgress }: ImproveOptions = {}): Promise<ImproveSummary> {
    const callbacks = proxy({ progress: onProgress ?? (() => undefined) });
    const summary = await this.#call(signal, (remote, address) => remote.improve(address, callbacks));
    this.#improved = summary.adopted;
    return summary;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const session = this.#session;
    try {
      if (session && !session.life.dead) await closeIn(session);
    } finally {
      this.#worker.leave();
    }
  }

  async #call<T>(
    signal: AbortSignal | undefined,
    work: (remote: Remote<TabHost>, address: Address) => Promise<T>,
  ): Promise<T> {
    this.#assertOpen();
    throwIfAborted(signal);
    const session = await this.#open();
    const handle = await session.opening;
    throwIfAborted(signal);
    const call = ++calls;
    const abort = () => void session.life.remote.abort(call);
    signal?.addEventListener("abort", abort);
    try {
      return await session.life.call((remote) => work(remote, { handle, call }));
    } catch (error) {
      if (isPipitError(error, "aborted") && signal?.aborted) throw new AbortedError(signal.reason);
      // A closed worker may end before it has rejected the calls that closing its engine ended.
      if (isPipitError(error, "worker-died")) this.#assertOpen();
      throw error;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  async #open(): Promise<Session> {
    this.#assertKept();
    const { life, limit } = await this.#worker.host();
    if (this.#session?.life === life) return this.#session;
    // If the proxy was closed while the worker started, nobody would close the collection that is opened now.
    this.#assertOpen();
    if (limit) this.#tellLimit(limit);
    const callbacks = proxy({
      changed: () => this.#tellChange(),
      limited: (met: Limit) => this.#tellLimit(met),
    });
    const opening = life.call((remote) => remote.open(this.#request, callbacks));
    const session: Session = { life, opening };
    this.#session = session;
    // A new worker starts with the starter, and answers with it until the better model is loaded again.
    if (this.#improved) void opening.then(() => this.improve()).catch(() => undefined);
    opening.catch(() => {
      if (this.#session === session) this.#session = undefined;
    });
    return session;
  }

  #tellLimit(limit: Limit): void {
    if (this.#limits.has(limit.what)) return;
    this.#limits.set(limit.what, limit);
    this.#onLimit(limit);
  }

  // A new worker would not have entries that were in memory, and would answer as if none had been added.
  #assertKept(): void {
    const isInMemory = this.#request.storage === "memory" || this.#limits.has("storage");
    if (!isInMemory || !this.#session?.life.dead) return;
    throw new PipitError("storage-failed", {
      got: "the end of the worker that held the entries in memory",
      expected: "the worker to live as long as its page",
      do: "Open the collection again and add the entries again: this page may not keep them on the device.",
    });
  }

  #tellChange(): void {
    for (const listener of this.#listeners) listener();
  }

  #assertOpen(): void {
    if (!this.#closed) return;
    throw closedError("engine", "collection");
  }
}

/** The source's own error, or else the host's. If the worker died, `told` is its last report of stored entries, 0 without a report. */
function failureOfAdd(error: unknown, { failure }: EntryFeed, told: number): unknown {
  if (failure) return withStored(failure.error, told);
  const isUnanswered = isPipitError(error, "worker-died") || isPipitError(error, "closed");
  return isUnanswered && error.stored === undefined && told > 0 ? withStored(error, told) : error;
}

async function closeIn({ life, opening }: Session): Promise<void> {
  const handle = await opening;
  await life.call((remote) => remote.close(handle));
}
