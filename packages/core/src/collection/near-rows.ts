import { throwIfAborted } from "../errors.ts";
import type { CollectionSearch } from "../ports/collection.ts";
import type { Neighbors, RowBitmap } from "../ports/vector-index.ts";
import { compileFilter } from "../search/compile-filter.ts";
import { setBit } from "../words/unit-bits.ts";
import type { DerivedState } from "./derived-state.ts";
import type { DerivedVectors } from "./derived-vectors.ts";
import type { RowPart } from "./directory.ts";

/** A part and its cosine to the query. */
export interface NearRow {
  readonly id: string;
  readonly part: RowPart;
  readonly cosine: number;
}

/** A vector to compare, and the index of its space. */
export interface AskedVector {
  readonly vector: Float32Array;
  readonly vectors: DerivedVectors;
}

interface Asked extends Pick<CollectionSearch, "filter" | "signal" | "without"> {
  /** The number of parts, and the least number of entries. */
  readonly k: number;
}

/** The nearest parts, nearest first: `k` of them, and further ones if fewer than `k` entries have these. */
export async function nearRows(derived: DerivedState, query: AskedVector, asked: Asked): Promise<NearRow[]> {
  const { filter, signal } = asked;
  if (filter === undefined) return nearest(derived, query, asked);
  return derived.bitmaps.reading(filter, {
    make: (plain, memory) => derived.directory.bitmapOf(compileFilter(plain), memory),
    read: (allowed) => nearest(derived, query, asked, allowed),
    signal,
  });
}

/** Cosines of these rows, by row. Rows that are gone are left out. */
export async function cosinesOf(
  { indexes }: DerivedState,
  query: Float32Array,
  rows: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  if (rows.length === 0) return new Map();
  const found = await indexes.vectors.search(query, { k: rows.length, filter: bitmapOf(rows) });
  return new Map(Array.from(found.rows, (row, i) => [row, cosineOf(found.distances[i]!)]));
}

async function nearest(
  { directory }: DerivedState,
  { vector, vectors }: AskedVector,
  { k, without, signal }: Asked,
  allowed?: RowBitmap,
): Promise<NearRow[]> {
  const leftOut = without === undefined ? 0 : directory.rowsOf(without).length;
  for (let count = k + leftOut; ; count *= 2) {
    throwIfAborted(signal);
    const neighbors = await vectors.search(vector, { k: count, filter: allowed });
    const isAll = neighbors.rows.length < count;
    const rows = listed(directory, neighbors).filter(({ id }) => id !== without);
    const entries = new Set(rows.map(({ id }) => id)).size;
    if (isAll || entries >= k) return onePerEntryBeyond(k, rows);
  }
}

function listed(directory: DerivedState["directory"], { rows, distances }: Neighbors): NearRow[] {
  return Array.from(rows).flatMap((row, i) => {
    const owner = directory.owner(row);
    return owner ? [{ id: owner.listing.id, part: owner.part, cosine: cosineOf(distances[i]!) }] : [];
  });
}

/** A long text may own thousands of near passages: of those beyond the first `k`, only an entry's first is of use. */
function onePerEntryBeyond(k: number, rows: readonly NearRow[]): NearRow[] {
  const seen = new Set<string>();
  return rows.filter(({ id }, i) => {
    const isNew = !seen.has(id);
    seen.add(id);
    return i < k || isNew;
  });
}

function bitmapOf(rows: readonly number[]): RowBitmap {
  const top = rows.reduce((most, row) => Math.max(most, row), 0);
  const bitmap: RowBitmap = new Uint32Array((top >>> 5) + 1);
  for (const row of rows) setBit(bitmap, row);
  return bitmap;
}

/** Limits the cosine to -1 and 1: sums of float32 can exceed these by some millionths. */
function cosineOf(distance: number): number {
  return Math.max(-1, Math.min(1, 1 - distance));
}
