import type { CollectionHit } from "../ports/collection.ts";

export interface FoundHit extends CollectionHit {
  /** Absent: found by meaning. */
  readonly match?: "words";
}

/** The k best hits. An entry that was found both by meaning and by words keeps its better hit. */
export function bestHits(near: readonly CollectionHit[], worded: readonly CollectionHit[], k: number): FoundHit[] {
  const found: FoundHit[] = near.map((hit) => ("row" in hit.passage ? hit : byWords(hit)));
  found.push(...worded.map(byWords));
  found.sort((a, b) => b.score - a.score);
  const best = new Map<string, FoundHit>();
  for (const hit of found) if (!best.has(hit.id)) best.set(hit.id, hit);
  return [...best.values()].slice(0, k);
}

function byWords(hit: CollectionHit): FoundHit {
  return { ...hit, match: "words" };
}
