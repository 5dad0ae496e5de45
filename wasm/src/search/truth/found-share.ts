import type { Neighbors } from "@pipit/core";
import type { Metric } from "../options.ts";

// One distance computed in two ways (a scan and a walk, SIMD and scalar) differs by float32 rounding: by less than this share.
const ROUNDING = 1e-6;
/**
 * How many of the k true neighbours an answer found. Fair to ties: any row as near as the k-th true one counts, since
 * which of several equally near rows is "true" is chance. Each row counts once, and only the first k that were found.
 */
export function countFound(truth: Neighbors, found: Neighbors, k: number, metric?: Metric): number {
  const most = Math.min(k, truth.rows.length);
  const expected = new Set(truth.rows.subarray(0, most));
  const farthest = most === 0 ? Number.NEGATIVE_INFINITY : beyond(truth.distances[most - 1]!, metric);
  const counted = new Set<number>();
  for (let i = 0; i < Math.min(k, found.rows.length); i++) {
    const row = found.rows[i]!;
    if (expected.has(row) || found.distances[i]! <= farthest) counted.add(row);
  }
  return Math.min(counted.size, most);
}

function beyond(distance: number, metric: Metric | undefined): number {
  // Other distances are differences from 1, and rounded as that is.
  const least = metric === "squared-l2" ? 0 : 1;
  return distance + ROUNDING * Math.max(least, Math.abs(distance));
}

/** The first k neighbours but for one row, in arrays of their own. */
export function without(neighbors: Neighbors, row: number | undefined, k: number): Neighbors {
  const kept = [...neighbors.rows.keys()].filter((i) => neighbors.rows[i] !== row).slice(0, k);
  return {
    rows: Uint32Array.from(kept, (i) => neighbors.rows[i]!),
    distances: Float32Array.from(kept, (i) => neighbors.distances[i]!),
  };
}
