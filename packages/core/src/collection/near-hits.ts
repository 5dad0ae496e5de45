import { throwIfAborted } from "../errors.ts";
import type { CollectionHit, CollectionQuery } from "../ports/collection.ts";
import type { Neighbors, RowBitmap } from "../ports/vector-index.ts";
import { compileFilter } from "../search/compile-filter.ts";
import type { DerivedState } from "./derived-state.ts";
import type { Directory } from "./directory.ts";
import type { MakeBitmap } from "./filter-bitmaps.ts";

interface Asked extends Omit<CollectionQuery, "filter"> {
  readonly allowed?: RowBitmap;
}

/** The entries with the nearest best passages, nearest first. */
export async function nearHits(
  derived: DerivedState,
  query: Float32Array,
  { k, filter, signal }: CollectionQuery,
): Promise<CollectionHit[]> {
  if (filter === undefined) return nearest(derived, query, { k, signal });
  const make: MakeBitmap = (plain, memory) => derived.directory.bitmapOf(compileFilter(plain), memory);
  const read = (allowed: RowBitmap) => nearest(derived, query, { k, signal, allowed });
  return derived.bitmaps.reading(filter, { make, read, signal });
}

async function nearest(
  { index, directory }: DerivedState,
  query: Float32Array,
  { k, signal, allowed }: Asked,
): Promise<CollectionHit[]> {
  // Several passages of one entry may be near, so more are requested until k entries are found or no rows are left.
  for (let count = k; ; count *= 2) {
    throwIfAborted(signal);
    const neighbors = await index.search(query, { k: count, filter: allowed });
    const hits = bestPassages(directory, neighbors);
    if (hits.length >= k || neighbors.rows.length < count) return hits.slice(0, k);
  }
}

function bestPassages(directory: Directory, { rows, distances }: Neighbors): CollectionHit[] {
  const hits = new Map<string, CollectionHit>();
  for (const [i, row] of rows.entries()) {
    const owner = directory.owner(row);
    if (!owner || hits.has(owner.listing.id)) continue;
    const { id } = owner.listing;
    hits.set(id, { id, score: cosineOf(distances[i]!), passage: owner.passage });
  }
  return [...hits.values()];
}

/** Limits the cosine to -1 and 1: sums of float32 can exceed these by some millionths. */
export function cosineOf(distance: number): number {
  return Math.max(-1, Math.min(1, 1 - distance));
}
