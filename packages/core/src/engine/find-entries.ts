import { throwIfAborted } from "../errors.ts";
import type { Collection, CollectionAnswer, CollectionHit, CollectionQuery } from "../ports/collection.ts";
import type { StoredEntry } from "../ports/entry-store.ts";
import type { ReadQuery } from "../prepare/split-by-reading.ts";
import { bestHits } from "./best-hits.ts";
import type { Found } from "./current-hits.ts";

export interface Question {
  /** Absent for a query that is a vector. */
  readonly text: string | undefined;
  /** A unit vector; absent for a text that the model does not read. */
  readonly vector: Float32Array | undefined;
  readonly read: ReadQuery;
}

type Source = Pick<Collection, "search" | "searchWords" | "getMany">;

const NOTHING: CollectionAnswer = { hits: [] };
// Of a query that is read in part, an entry may be best by the sum of both scores and by neither alone.
const LEAST_CANDIDATES = 100;
const AT_ONCE = 50;

/** The best `k` entries by meaning and by words. */
export async function findEntries(source: Source, question: Question, query: CollectionQuery): Promise<Found> {
  const { text, vector, read } = question;
  const isMixed = read.unreadWords !== "";
  const wide = isMixed ? { ...query, k: Math.max(query.k, LEAST_CANDIDATES) } : query;
  const near = vector ? await source.search(vector, wide) : NOTHING;
  const worded = text === undefined ? NOTHING : await source.searchWords(text, query);
  const others = isMixed ? await source.searchWords(read.unreadWords, wide) : NOTHING;
  const further = vector ? await nearOf(source, vector, missingIn(near.hits, others.hits), query.signal) : [];
  const evidence = { near: [...near.hits, ...further], worded: worded.hits, others: others.hits, share: read.share };
  return { found: bestHits(evidence, query.k), partial: near.partial || worded.partial };
}

function missingIn(near: readonly CollectionHit[], others: readonly CollectionHit[]): string[] {
  const known = new Set(near.map(({ id }) => id));
  return others.flatMap(({ id }) => (known.has(id) ? [] : [id]));
}

/** How near the best passages of these entries are. Entries without a vector are left out. */
async function nearOf(
  source: Pick<Collection, "getMany">,
  vector: Float32Array,
  ids: readonly string[],
  signal: AbortSignal | undefined,
): Promise<CollectionHit[]> {
  const hits: CollectionHit[] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    throwIfAborted(signal);
    for (const entry of await source.getMany(ids.slice(at, at + AT_ONCE))) {
      const hit = entry && nearestPassage(entry, vector);
      if (hit) hits.push(hit);
    }
  }
  return hits;
}

function nearestPassage({ id, passages, vectors }: StoredEntry, vector: Float32Array): CollectionHit | undefined {
  let best: CollectionHit | undefined;
  for (const [i, passage] of passages.entries()) {
    const score = dot(vectors.subarray(i * vector.length, (i + 1) * vector.length), vector);
    if (!best || score > best.score) best = { id, score, passage };
  }
  return best;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < b.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
