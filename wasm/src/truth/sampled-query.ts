import type { Neighbors } from "@pipit/core";
import type { Random } from "./random.ts";

/** A query with its true neighbours as of one scan. */
export interface SampledQuery {
  readonly query: Float32Array;
  /** The row whose vector stands in for a query. It is no neighbour of itself: finding it would flatter any index. */
  readonly row: number | undefined;
  /** Nearest first, `row` left out; undefined while nothing true is known. */
  truth: Neighbors | undefined;
  /** The number of the scan that last looked for the truth; 0 for never. */
  scan: number;
  /** Rows added to the set since then. */
  added: number;
}

export interface StoredVector {
  readonly row: number;
  readonly vector: Float32Array;
}

/** By what an index is to measure its recall, beside what it is asked. */
export interface MeasuredBy {
  readonly queries: readonly Float32Array[];
  /** Stored rows that stand in for missing ones. */
  readonly rows: readonly StoredVector[];
}

/** What a truth sample needs of the set it speaks of. */
export interface TruthSource {
  /** Rows in the set now. */
  count(): number;
  /** The exact k nearest rows, nearest first: a look at every row. */
  scan(query: Float32Array, k: number): Neighbors | Promise<Neighbors>;
  /** A stored row by the chance that `random` gives; undefined when there is none. Its vector is copied. */
  draw(random: Random): StoredVector | undefined;
  /** Awaited after each scan and each round of searches, so that a host of one thread can serve others in between. */
  pause?(): Promise<void>;
}

export function sampledQuery(query: Float32Array, row?: number): SampledQuery {
  return { query: query.slice(), row, truth: undefined, scan: 0, added: 0 };
}
