import { closedError } from "../closed-error.ts";
import { type Computed, type ComputedForm, type ComputedText, computedTexts, joinedValues } from "../computed-text.ts";
import { throwIfAborted } from "../errors.ts";
import { whyNotPieces } from "../pieces.ts";
import type { ByteStore } from "../ports/byte-store.ts";
import type { Embedder, EmbedOptions, Piece, Priority, TokenEmbedder } from "../ports/embedder.ts";
import type { TurnsOptions } from "../turns/turns.ts";
import { cacheKey, type KeyScope } from "./cache-key.ts";
import type { RecordShape } from "./embedding-record.ts";
import { EmbeddingStore } from "./embedding-store.ts";
import { SharedEmbedding, type TextsByKey } from "./shared-embedding.ts";

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
 * Caches vectors by content, and token vectors where the embedder makes them. The key contains all inputs that decide a record (space, producer,
 * optional device, modality, content; of tokens also form and space), so that none needs to be invalidated. The store limits age and size.
 *
 * Concurrent calls for one text compute it once (request coalescing). A query does not wait for a bulk call's computation of the text: it asks the lane
 * again at its own priority, and the lane moves the waiting text to the queries.
 *
 * A record of MiniLM takes 1.5 kB, with tokens as bits at most 5.6 kB. As floats a token takes 512 bytes: a question 5 kB, a full window
 * 132 kB. Only queries have that form, so records of bulk calls need no rule of their own.
 */
export function cacheEmbeddings(inner: Embedder, options: CacheOptions): CachedEmbedder {
  const cache = new EmbeddingCache(inner, options);
  return {
    space: inner.space,
    producer: inner.producer,
    reads: inner.reads,
    window: inner.window,
    stats: () => ({ ...cache.stats }),
    embed: async (pieces, embedOptions) => joinedVectors(await cache.embed(pieces, "vector", embedOptions)),
    tokens: inner.tokens && cachedTokens(cache, inner.tokens),
    close: () => cache.close(),
  };
}

function cachedTokens(cache: EmbeddingCache, inner: TokenEmbedder): TokenEmbedder {
  return {
    space: inner.space,
    async embed(pieces, form, options) {
      const texts = await cache.embed(pieces, form, options);
      const tokens = texts.map((text) => text.tokens!);
      const counts = texts.map((text) => text.count!);
      return { vectors: joinedVectors(texts), tokens: joinedValues(tokens, form), counts };
    },
    ranges: (text) => inner.ranges(text),
  };
}

function joinedVectors(texts: readonly ComputedText[]): Float32Array<ArrayBuffer> {
  return joinedValues(
    texts.map(({ vector }) => vector),
    "floats",
  );
}

class EmbeddingCache {
  readonly stats = { hits: 0, misses: 0 };
  readonly #inner: Embedder;
  readonly #scope: KeyScope;
  readonly #store: EmbeddingStore;
  readonly #running = new Map<string, SharedEmbedding>();
  readonly #writes = new Set<Promise<void>>();
  readonly #cutOffMs: number | undefined;
  #closed = false;

  constructor(inner: Embedder, { store, device = "", onStoreError, cutOffMs }: CacheOptions) {
    this.#inner = inner;
    this.#cutOffMs = cutOffMs;
    this.#scope = { space: inner.space.id, producer: inner.producer.name, device };
    this.#store = new EmbeddingStore({ store, onStoreError });
  }

  /** The pieces in the given order. They share their arrays with other callers and must be copied. */
  async embed(pieces: readonly Piece[], form: ComputedForm, options: EmbedOptions = {}): Promise<ComputedText[]> {
    if (this.#closed) throw closedError("embedder");
    const wrong = whyNotPieces(pieces, this.#inner.reads);
    if (wrong) throw wrong;
    throwIfAborted(options.signal);
    const scope = this.#scopeOf(form);
    const keys = pieces.map((piece) => cacheKey(scope, piece));
    const counts = { computed: 0, stored: Promise.resolve() };
    const embeddings = this.#joinOrStart(keys, pieces, { form, priority: options.priority ?? "query", counts });
    const results = await Promise.all([...embeddings].map((running) => running.wait(options.signal)));
    this.stats.hits += pieces.length - counts.computed;
    this.stats.misses += counts.computed;
    return inOrder(keys, results);
  }

  #scopeOf(form: ComputedForm): KeyScope {
    return form === "vector" ? this.#scope : { ...this.#scope, tokens: { form, space: this.#inner.tokens!.space.id } };
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
        const texts = await this.#compute(pieces, { ...call, signal });
        // A computation is forgotten only when the store has its texts: a call in between would compute them a second time.
        call.counts.stored.then(forget);
        return texts;
      } catch (error) {
        forget();
        throw error;
      }
    };
    const running = new SharedEmbedding(call.priority, compute, { cutOffMs: this.#cutOffMs });
    for (const key of pieces.keys()) this.#running.set(key, running);
    return running;
  }

  async #compute(pieces: ReadonlyMap<string, Piece>, call: RunningCall): Promise<TextsByKey> {
    const known = await this.#store.read([...pieces.keys()], this.#shapeOf(call.form));
    const missing = [...pieces].filter(([key]) => !known.has(key));
    if (missing.length === 0) return known;
    const answer = await this.#ask(
      missing.map(([, piece]) => piece),
      call,
    );
    call.counts.computed = missing.length;
    const texts = [...computedTexts(answer, this.#inner.space.dimensions)];
    const computed = new Map(missing.map(([key], i) => [key, texts[i]!]));
    call.counts.stored = this.#keep(computed);
    return new Map([...known, ...computed]);
  }

  #shapeOf(form: ComputedForm): RecordShape {
    const values = this.#inner.tokens?.space.dimensions ?? 0;
    const tokenBytes = { vector: 0, bits: values / 8, floats: values * 4 }[form];
    return { form, dimensions: this.#inner.space.dimensions, tokenBytes };
  }

  async #ask(pieces: readonly Piece[], { form, priority, signal }: RunningCall): Promise<Computed> {
    if (form === "vector") return { vectors: await this.#inner.embed(pieces, { priority, signal }) };
    return this.#inner.tokens!.embed(pieces, form, { priority, signal });
  }

  // The caller does not wait for the store.
  #keep(texts: TextsByKey): Promise<void> {
    const write = this.#store.write(texts).finally(() => this.#writes.delete(write));
    this.#writes.add(write);
    return write;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#inner.close();
    await Promise.all(this.#writes);
  }
}

interface CallContext {
  readonly form: ComputedForm;
  readonly priority: Priority;
  readonly counts: { computed: number; stored: Promise<void> };
}

interface RunningCall extends CallContext {
  readonly signal: AbortSignal;
}

function inOrder(keys: readonly string[], results: readonly TextsByKey[]): ComputedText[] {
  return keys.map((key) => results.find((texts) => texts.has(key))!.get(key)!);
}

const serves = (running: SharedEmbedding, priority: Priority) => priority === "bulk" || running.priority === "query";
