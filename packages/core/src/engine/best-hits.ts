import type { CollectionHit } from "../ports/collection.ts";

export interface FoundHit extends CollectionHit {
  /** Absent: found by meaning. */
  readonly match?: "words";
}

export interface Evidence {
  /** By meaning. */
  readonly near: readonly CollectionHit[];
  /** By words of the whole query. */
  readonly worded: readonly CollectionHit[];
  /** By the words that the model does not read, of a query of which it reads others. */
  readonly others: readonly CollectionHit[];
  /** The share of the query that the model reads, 0 to 1. */
  readonly share: number;
}

/**
 * The k best hits, each entry once. Where the model reads a part of the query, its vector stands for that part alone, so each part's score
 * counts by its share: texts that differ only in words that the model does not read have one vector.
 */
export function bestHits({ near, worded, others, share }: Evidence, k: number): FoundHit[] {
  const ofOthers = new Map(others.map(({ id, score }) => [id, score]));
  const weighed = near.map((hit) => ({ ...hit, score: share * hit.score + (1 - share) * (ofOthers.get(hit.id) ?? 0) }));
  const byOthers = others.map((hit) => ({ ...hit, score: (1 - share) * hit.score }));
  const byWords = [...worded, ...byOthers].map((hit) => ({ ...hit, match: "words" as const }));
  const best = new Map<string, FoundHit>();
  for (const hit of [...weighed, ...byWords].sort((a, b) => b.score - a.score)) {
    if (!best.has(hit.id)) best.set(hit.id, hit);
  }
  return [...best.values()].slice(0, k);
}
