import { closedError } from "../closed-error.ts";
import { throwIfAborted } from "../errors.ts";
import { whyNotTexts } from "../piece-check.ts";
import type { ByteStore } from "../ports/byte-store.ts";
import type { Embedder, EmbedOptions, Piece, Priority } from "../ports/embedder.ts";
import type { TurnsOptions } from "../turns/turns.ts";
import { cacheKey, type KeyScope } from "./cache-key.ts";
import { Flight, type VectorsByKey } from "./flight.ts";
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
 * Caches vectors by content. The key holds all that decides a vector (space, producer, optional device, modality, input), so that a
 * record never needs to be invalidated. The store limits age and size.
 *
 * Concurrent calls for one text compute it once. A query does not wait for a bulk call's computation of the text: it asks the lane
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
  readonly #flights = new Map<string, Flight>();
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
    const counts = { computed: 0, kept: Promise.resolve() };
    const flights = this.#board(keys, pieces, { priority: options.priority ?? "query", counts });
    const landed = await Promise.all([...flights].map((flight) => flight.wait(options.signal)));
    this.stats.hits += pieces.length - counts.computed;
    this.stats.misses += counts.computed;
    return this.#inOrder(keys, landed);
  }

  /** The computations that bring all keys: running ones, and a new one for the rest. They are registered before anything is awaited. */
  #board(keys: readonly string[], pieces: readonly Piece[], call: BoardingCall): Set<Flight> {
    const flights = new Set<Flight>();
    const fresh = new Map<string, Piece>();
    keys.forEach((key, i) => {
      const flight = this.#flights.get(key);
      if (flight?.open && serves(flight, call.priority)) flights.add(flight);
      else fresh.set(key, pieces[i]!);
    });
    if (fresh.size > 0) flights.add(this.#takeOff(fresh, call));
    return flights;
  }

  #takeOff(pieces: ReadonlyMap<string, Piece>, call: BoardingCall): Flight {
    const land = () => {
      for (const key of pieces.keys()) if (this.#flights.get(key) === flight) this.#flights.delete(key);
    };
    const bring = async (signal: AbortSignal) => {
      try {
        const vectors = await this.#bring(pieces, { ...call, signal });
        // A text asked for again before the store has it would be computed twice.
        call.counts.kept.then(land);
        return vectors;
      } catch (error) {
        land();
        throw error;
      }
    };
    const flight = new Flight(call.priority, bring, { cutOffMs: this.#cutOffMs });
    for (const key of pieces.keys()) this.#flights.set(key, flight);
    return flight;
  }

  async #bring(
    pieces: ReadonlyMap<string, Piece>,
    { priority, signal, counts }: BoardingCall & { readonly signal: AbortSignal },
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
    counts.kept = this.#keep(computed);
    return new Map([...known, ...computed]);
  }

  // The caller does not wait for the store.
  #keep(vectors: VectorsByKey): Promise<void> {
    const write = this.#vectors.write(vectors).finally(() => this.#writes.delete(write));
    this.#writes.add(write);
    return write;
  }

  #inOrder(keys: readonly string[], landed: readonly VectorsByKey[]): Float32Array<ArrayBuffer> {
    const { dimensions } = this.#inner.space;
    const matrix = new Float32Array(keys.length * dimensions);
    keys.forEach((key, row) => {
      const vector = landed.find((vectors) => vectors.has(key))?.get(key);
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

interface BoardingCall {
  readonly priority: Priority;
  readonly counts: { computed: number; kept: Promise<void> };
}

const serves = (flight: Flight, priority: Priority) => priority === "bulk" || flight.priority === "query";
