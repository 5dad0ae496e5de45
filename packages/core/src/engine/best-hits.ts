import type { CollectionHit } from "../ports/collection.ts";

export interface FoundHit extends CollectionHit {
  /** Absent for hits found by their vectors. */
  readonly match?: "words";
}

/**
 * The k best hits. Both scores are shares from 0 to 1 (cosine; shared words), and equal ones are in the order given. An entry that was
 * found in both ways keeps its better hit.
 */
export function bestHits(near: readonly CollectionHit[], wordHits: readonly CollectionHit[], k: number): FoundHit[] {
  // A passage without a row has no vector: `mixedHits` found it by the query's unread words.
  const found: FoundHit[] = near.map((hit) => ("row" in hit.passage ? hit : byWords(hit)));
  found.push(...wordHits.map(byWords));
  found.sort((a, b) => b.score - a.score);
  const best = new Map<string, FoundHit>();
  for (const hit of found) if (!best.has(hit.id)) best.set(hit.id, hit);
  return [...best.values()].slice(0, k);
}

function byWords(hit: CollectionHit): FoundHit {
  return { ...hit, match: "words" };
}
