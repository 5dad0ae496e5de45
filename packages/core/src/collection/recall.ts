import { Nearest } from "../index/nearest.ts";
import type { EntryStore, StoredEntry } from "../ports/entry-store.ts";
import type { VectorIndex } from "../ports/vector-index.ts";
import { dotRow } from "../vector.ts";

export interface RecallSample {
  readonly store: EntryStore;
  readonly index: VectorIndex;
  /** Entries whose first vector is asked as a query. */
  readonly ids: readonly string[];
  readonly k: number;
}

/**
 * Share of the true k nearest rows that the index finds, 0 to 1, over the sampled entries; 1 when there is nothing to find.
 * The truth is a scan of the store itself, streamed in batches, so the measure holds even when index and directory are wrong.
 */
export async function measureRecall({ store, index, ids, k }: RecallSample): Promise<number> {
  const { dimensions } = store.space;
  const stored = await store.getMany(ids);
  const queries = stored.flatMap((entry) => (entry?.passages.length ? [entry.vectors.slice(0, dimensions)] : []));
  const truth = await exactNeighbors(store, queries, k);
  let found = 0;
  let wanted = 0;
  for (const [i, query] of queries.entries()) {
    const { rows } = await index.search(query, { k });
    const approximate = new Set(rows);
    wanted += truth[i]!.length;
    found += truth[i]!.filter((row) => approximate.has(row)).length;
  }
  return wanted === 0 ? 1 : found / wanted;
}

async function exactNeighbors(store: EntryStore, queries: readonly Float32Array[], k: number): Promise<number[][]> {
  const nearest = queries.map(() => new Nearest(k));
  for await (const changes of store.changes(0)) {
    for (const change of changes) {
      if (change.kind === "put") offerPassages(change.entry, queries, nearest);
    }
  }
  return nearest.map((best) => [...best.neighbors().rows]);
}

function offerPassages(
  { passages, vectors }: StoredEntry,
  queries: readonly Float32Array[],
  nearest: readonly Nearest[],
) {
  for (const [i, { row }] of passages.entries()) {
    for (const [q, query] of queries.entries()) nearest[q]!.offer(row, 1 - dotRow(query, vectors, i));
  }
}
