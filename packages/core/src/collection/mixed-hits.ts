import { throwIfAborted } from "../errors.ts";
import type { CollectionHit, CollectionQuery, FoundPassage, UnreadPart } from "../ports/collection.ts";
import type { EntryStore } from "../ports/entry-store.ts";
import { compileFilter } from "../search/compile-filter.ts";
import type { WordHit } from "../search/word-search.ts";
import type { DerivedState } from "./derived-state.ts";
import { cosineOf, nearHits } from "./near-hits.ts";

interface MixedQuery extends CollectionQuery {
  readonly unread: UnreadPart;
}

/** An entry may be the best by the sum of both scores and by neither score alone. */
const LEAST_CANDIDATES = 1000;
/** Passages with shared words whose cosines are computed, best words first. */
const MOST_ROWS = 8192;

/**
 * The best entries for a query that is read in part. The score of a passage is its cosine, weighted by the share of the query that is read,
 * plus its score by the query's unread words, weighted by the rest. Candidates are the nearest entries and those that share most words.
 */
export async function mixedHits(
  { derived, store }: { readonly derived: DerivedState; readonly store: EntryStore },
  vector: Float32Array,
  { k, filter, signal, unread: { words, share } }: MixedQuery,
): Promise<CollectionHit[]> {
  const { directory } = derived;
  const allows = directory.allowing(filter && compileFilter(filter));
  const wide = Math.max(k, LEAST_CANDIDATES);
  const near = await nearHits(derived, vector, { k: wide, filter, signal });
  const worded = await derived.unread.search(store, words, { k: wide, allows, signal });
  throwIfAborted(signal);
  const wordHits = await derived.unread.wordHits(words, new Set([...near, ...worded].map(({ id }) => id)), signal);
  const cosines = await cosinesOf(derived, vector, { near, wordHits });

  const best = new Map<string, CollectionHit>();
  const note = (id: string, passage: FoundPassage, score: number) => {
    if (score > (best.get(id)?.score ?? Number.NEGATIVE_INFINITY)) best.set(id, { id, score, passage });
  };
  for (const { id, score, passage } of near) note(id, passage, share * score);
  for (const [id, hits] of wordHits) {
    for (const { score, passage } of hits) {
      const cosine = "row" in passage ? cosines.get(passage.row) : 0;
      if (cosine !== undefined) note(id, passage, share * cosine + (1 - share) * score);
    }
  }
  return [...best.values()].sort((a, b) => b.score - a.score).slice(0, k);
}

interface Found {
  readonly near: readonly CollectionHit[];
  readonly wordHits: ReadonlyMap<string, readonly WordHit[]>;
}

/** The cosines of passages that share words with the query, by row. */
async function cosinesOf(
  { index, directory }: DerivedState,
  vector: Float32Array,
  { near, wordHits }: Found,
): Promise<ReadonlyMap<number, number>> {
  const cosines = new Map<number, number>();
  for (const { score, passage } of near) if ("row" in passage) cosines.set(passage.row, score);
  const hits = [...wordHits.values()].flat().sort((a, b) => b.score - a.score);
  const rows = hits.flatMap(({ passage }) => ("row" in passage && !cosines.has(passage.row) ? [passage.row] : []));
  const asked = rows.filter((row) => directory.owner(row)).slice(0, MOST_ROWS);
  if (asked.length === 0) return cosines;
  const found = await index.search(vector, { k: asked.length, filter: bitmapOf(asked) });
  for (const [i, row] of found.rows.entries()) cosines.set(row, cosineOf(found.distances[i]!));
  return cosines;
}

function bitmapOf(rows: readonly number[]): Uint32Array {
  const top = rows.reduce((most, row) => Math.max(most, row), 0);
  const bitmap = new Uint32Array((top >>> 5) + 1);
  for (const row of rows) bitmap[row >>> 5]! |= 1 << (row & 31);
  return bitmap;
}
