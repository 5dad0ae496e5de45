import type { CollectionHit } from "../ports/collection.ts";

export interface FoundHit extends CollectionHit {
  /** Absent: found by meaning. */
  readonly match?: "words";
}

/** The k best hits. An entry that was found both by meaning and by words keeps its better hit. */
export function bestHits(near: readonly CollectionHit[], worded: readonly CollectionHit[], k: number): FoundHit[] {
  if (worded.length === 0) return near.slice(0, k);
  const found: FoundHit[] = [...near, ...worded.map((hit) => ({ ...hit, match: "words" as const }))];
  found.sort((a, b) => b.score - a.score);
  const best = new Map<string, FoundHit>();
  for (const hit of found) if (!best.has(hit.id)) best.set(hit.id, hit);
  return [...best.values()].slice(0, k);
}
