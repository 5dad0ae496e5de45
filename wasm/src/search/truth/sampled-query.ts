import type { Neighbors } from "@pipit/core";
import type { Metric } from "../options.ts";
import type { Random } from "./random.ts";

/** A query with its true neighbours as of one scan. */
export interface SampledQuery {
  readonly query: Float32Array;
  /** The row whose vector stands in for a query. It is left out of its own neighbours: any index finds it easily. */
  readonly row: number | undefined;
  /** Nearest first, without `row`; undefined while no valid truth is known. */
  truth: Neighbors | undefined;
  /** The number of the scan that last renewed the truth; 0 for none. */
  scan: number;
  /** Rows added to the set since then. */
  added: number;
}

export interface StoredVector {
  readonly row: number;
  readonly vector: Float32Array;
}

/** Queries and rows for an index to measure its recall with, besides those it is asked. */
export interface MeasuredBy {
  readonly queries: readonly Float32Array[];
  /** Stored rows that stand in for missing ones. */
  readonly rows: readonly StoredVector[];
}

/** The set that a truth sample describes. */
export interface TruthSource {
  /** Default inner product. */
  readonly metric?: Metric | undefined;
  /** Rows in the set now. */
  count(): number;
  /** The exact k nearest rows, nearest first, by measuring every row. */
  scan(query: Float32Array, k: number): Neighbors | Promise<Neighbors>;
  /** A stored row drawn by `random`; undefined if there is none. Its vector is a copy. */
  draw(random: Random): StoredVector | undefined;
  /** Awaited after each scan and each round of searches, so that other calls run in between. */
  pause?(): Promise<void>;
}

export function sampledQuery(query: Float32Array, row?: number): SampledQuery {
  return { query: query.slice(), row, truth: undefined, scan: 0, added: 0 };
}
