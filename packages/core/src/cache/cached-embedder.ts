import { closedError } from "../closed-error.ts";
import { throwIfAborted } from "../errors.ts";
import { whyNotTexts } from "../piece-check.ts";
import type { ByteStore } from "../ports/byte-store.ts";
import type { Embedder, EmbedOptions, Piece, Priority } from "../ports/embedder.ts";
import type { TurnsOptions } from "../turns/turns.ts";
import { cacheKey, type KeyScope } from "./cache-key.ts";
import { SharedEmbedding, type VectorsByKey } from "./shared-embedding.ts";
import { VectorStore } from "./vector-store.ts";

export interface CacheOptions extends TurnsOptions {
  /** Closing the embedder does not close the store. */
  readonly store: ByteStore;
  /** Names the device in the key, for a store shared by devices whose last bits differ (native, WASM, WebGPU). */
  readonly device?: string;
  /** A failure of the store is a miss, never an error of `embed`. Called for the first of several failures in a row. */
  readonly onStoreError?: (error: unknown) => void;
}

export interface CacheStats {
  /** Pieces that were not computed: found in the store, repeated, or being computed for another caller. */
  readonly hits: number;
  /** Pieces computed. */
  readonly misses: number;
}

export interface CachedEmbedder extends Embedder {
  stats(): CacheStats;
}

/**
 * Caches vectors by content. The key contains all inputs that decide a vector (space, producer, optional device, modality, text), so a
 * record never needs to be invalidated. The store limits age and size.
 *
 * Concurrent calls for one text compute it once (request coalescing). A query does not wait for a bulk call's computation of the text: it asks the lane
 * again at its own priority, and the lane moves the waiting text to the queries.
 */
export function cacheEmbeddings(inner: Embedder, options: CacheOptions): CachedEmbedder {
  const cache = new EmbeddingCache(inner, options);
  return {
    space: inner.space,
    producer: inner.producer,
    window: inner.window,
    stats: () => ({ ...cache.stats }),
    embed: (pieces, embedOptions) => cache.embed(pieces, embedOptions),
    close: () => cache.close(),
  };
}

class EmbeddingCache {
  readonly stats = { hits: 0, misses: 0 };
  readonly #inner: Embedder;
  readonly #scope: KeyScope;
  readonly #vectors: VectorStore;
  readonly #running = new Map<string, SharedEmbedding>();
  readonly #writes = new Set<Promise<void>>();
  readonly #cutOffMs: number | undefined;
  #closed = false;

  constructor(inner: Embedder, { store, device = "", onStoreError, cutOffMs }: CacheOptions) {
    this.#inner = inner;
    this.#cutOffMs = cutOffMs;
    this.#scope = { space: inner.space.id, producer: inner.producer.name, device };
    this.#vectors = new VectorStore({ store, dimensions: inner.space.dimensions, onStoreError });
  }

  async embed(pieces: readonly Piece[], options: EmbedOptions = {}): Promise<Float32Array<ArrayBuffer>> {
    if (this.#closed) throw closedError("embedder");
    const wrong = whyNotTexts(pieces);
    if (wrong) throw wrong;
    throwIfAborted(options.signal);
    const keys = pieces.map((piece) => cacheKey(this.#scope, piece));
    const counts = { computed: 0, stored: Promise.resolve() };
    const embeddings = this.#joinOrStart(keys, pieces, { priority: options.priority ?? "query", counts });
    const results = await Promise.all([...embeddings].map((running) => running.wait(options.signal)));
    this.stats.hits += pieces.length - counts.computed;
    this.stats.misses += counts.computed;
    return this.#inOrder(keys, results);
  }

  /** The computations that supply all keys: running ones, and a new one for the rest. They are registered before anything is awaited. */
  #joinOrStart(keys: readonly string[], pieces: readonly Piece[], call: CallContext): Set<SharedEmbedding> {
    const embeddings = new Set<SharedEmbedding>();
    const fresh = new Map<string, Piece>();
    keys.forEach((key, i) => {
      const running = this.#running.get(key);
      if (running?.isOpen && serves(running, call.priority)) embeddings.add(running);
      else fresh.set(key, pieces[i]!);
    });
    if (fresh.size > 0) embeddings.add(this.#start(fresh, call));
    return embeddings;
  }

  #start(pieces: ReadonlyMap<string, Piece>, call: CallContext): SharedEmbedding {
    const forget = () => {
      for (const key of pieces.keys()) if (this.#running.get(key) === running) this.#running.delete(key);
    };
    const compute = async (signal: AbortSignal) => {
      try {
        const vectors = await this.#compute(pieces, { ...call, signal });
        // A computation is forgotten only when the store has its vectors: a call in between would compute them a second time.
        call.counts.stored.then(forget);
        return vectors;
      } catch (error) {
        forget();
        throw error;
      }
    };
    const running = new SharedEmbedding(call.priority, compute, { cutOffMs: this.#cutOffMs });
    for (const key of pieces.keys()) this.#running.set(key, running);
    return running;
  }

  async #compute(
    pieces: ReadonlyMap<string, Piece>,
    { priority, signal, counts }: CallContext & { readonly signal: AbortSignal },
  ): Promise<VectorsByKey> {
    const known = await this.#vectors.read([...pieces.keys()]);
    const missing = [...pieces].filter(([key]) => !known.has(key));
    if (missing.length === 0) return known;
    const matrix = await this.#inner.embed(
      missing.map(([, piece]) => piece),
      { priority, signal },
    );
    counts.computed = missing.length;
    const { dimensions } = this.#inner.space;
    const computed = new Map(
      missing.map(([key], row) => [key, matrix.subarray(row * dimensions, (row + 1) * dimensions)]),
    );
    counts.stored = this.#keep(computed);
    return new Map([...known, ...computed]);
  }

  // The caller does not wait for the store.
  #keep(vectors: VectorsByKey): Promise<void> {
    const write = this.#vectors.write(vectors).finally(() => this.#writes.delete(write));
    this.#writes.add(write);
    return write;
  }

  #inOrder(keys: readonly string[], results: readonly VectorsByKey[]): Float32Array<ArrayBuffer> {
    const { dimensions } = this.#inner.space;
    const matrix = new Float32Array(keys.length * dimensions);
    keys.forEach((key, row) => {
      const vector = results.find((vectors) => vectors.has(key))?.get(key);
      matrix.set(vector!, row * dimensions);
    });
    return matrix;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#inner.close();
    await Promise.all(this.#writes);
  }
}

interface CallContext {
  readonly priority: Priority;
  readonly counts: { computed: number; stored: Promise<void> };
}

const serves = (running: SharedEmbedding, priority: Priority) => priority === "bulk" || running.priority === "query";
