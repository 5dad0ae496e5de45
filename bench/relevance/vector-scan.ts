import { dot, type Vectors } from "@pipit/test/fixtures/vectors";
import type { DocumentPassage } from "./passages.ts";

/** Positions of the `k` documents with the passage nearest to the query, best first, by a plain loop over all vectors. */
export function nearestDocuments(
  query: Vectors,
  { passages, vectors }: { readonly passages: readonly DocumentPassage[]; readonly vectors: Vectors },
  k: number,
): number[] {
  const best = new Map<number, number>();
  passages.forEach(({ document }, row) => {
    const score = dot(query, 0, vectors, row);
    if (score > (best.get(document) ?? Number.NEGATIVE_INFINITY)) best.set(document, score);
  });
  const ranked = [...best].sort(([, a], [, b]) => b - a);
  return ranked.slice(0, k).map(([document]) => document);
}
