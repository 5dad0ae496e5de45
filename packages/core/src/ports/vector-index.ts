/** Rows are 32-bit numbers inside one collection; they rise and are never reused. Bit i of word i >> 5 is set when row i is allowed. Rows beyond its end are not allowed. */
export type RowBitmap = Uint32Array;

export interface NeighborQuery {
  /** The number of neighbours to find, at least 1. */
  readonly k: number;
  /** Size of the candidate list of an approximate search: a larger one finds more and takes longer. The index chooses if absent. */
  readonly ef?: number | undefined;
  readonly filter?: RowBitmap | undefined;
  /** The recall to reach, 0 to 1, in place of `ef`. An exact index, or one that has not measured its recall, ignores it. */
  readonly target?: number | undefined;
  /** Milliseconds after which an approximate index answers with the best found so far. */
  readonly deadline?: number | undefined;
}

/** Nearest first; ties by the smaller row. Fewer than k only when fewer rows are allowed. */
export interface Neighbors {
  readonly rows: Uint32Array;
  /** 1 - inner product of unit vectors: 0 is the same direction, 2 the opposite. Smaller is nearer. */
  readonly distances: Float32Array;
  /** True when a deadline cut the search short: nearer rows may exist. */
  readonly partial?: boolean | undefined;
}

export interface IndexStats {
  /** "exact", "exact-f32-after-bit", "hnsw-int8", ... */
  readonly kind: string;
  readonly count: number;
  readonly dimensions: number;
  /** Bytes held for vectors and links. */
  readonly bytes: number;
  /**
   * Share of the true neighbours that a search without `ef` finds: measured, or 1 where all rows are compared. Undefined if unknown, as
   * for an index that keeps only rounded vectors.
   */
  readonly recall?: number | undefined;
}

/**
 * Nearest rows by inner product of unit vectors, approximate or exact. It is derived data, which its owner can rebuild.
 *
 * Fails with: `bad-vector` (wrong length, NaN or infinity, zero), `bad-input` (k below 1, rows and vectors that do not
 * match in number), `closed`. `add` of a row that is present replaces its vector. `remove` of an absent row is no failure.
 */
export interface VectorIndex {
  /** `vectors` is row-major [rows.length, dimensions]; both are read, not kept. */
  add(rows: Uint32Array, vectors: Float32Array): Promise<void>;
  /** Returns the number of rows that were present. */
  remove(rows: Uint32Array): Promise<number>;
  search(query: Float32Array, options: NeighborQuery): Promise<Neighbors>;
  stats(): IndexStats;
  /** A snapshot that the same kind's opener reads back to an index with the same answers. */
  save(): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * The same snapshot in pieces, so that a large index is not held twice. Pieces may be views of the index's memory: each must be
   * copied or written before the next is taken, and the index must not be changed until the last.
   */
  saved?(): Iterable<Uint8Array>;
  close(): Promise<void>;
}

/** Makes an empty index, or opens a snapshot. A torn, foreign or future snapshot rejects with `bad-snapshot`. */
export interface IndexKind {
  readonly name: string;
  create(dimensions: number): Promise<VectorIndex>;
  open(snapshot: Uint8Array, dimensions: number): Promise<VectorIndex>;
}
