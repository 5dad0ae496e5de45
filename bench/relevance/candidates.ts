import { type Evidence, fusedScores } from "@pipit/core";
import { dot, type Vectors } from "@pipit/test/fixtures/vectors";
import type { DocumentPassage } from "./passages.ts";
import type { RelevanceSet } from "./relevance-set.ts";
import { wordsOf } from "./words-index.ts";

export interface Embedded {
  readonly passages: readonly DocumentPassage[];
  readonly vectors: Vectors;
  queryVector(query: string): Vectors;
}

/** A passage that may answer, by its position in the list. */
export interface Candidate extends Evidence {
  readonly row: number;
}

/** The best by each are candidates. */
const CANDIDATES = 100;

/** Answers queries with their candidates by words and vectors, best first by both. */
export async function candidatesOf(set: RelevanceSet, { passages, vectors, queryVector }: Embedded) {
  const { index, unitOf, rowOf } = await wordsOf(set, passages);
  return (query: string): Candidate[] => {
    const vector = queryVector(query);
    const cosines = passages.map((_, row) => dot(vector, 0, vectors, row));
    const answer = index.ask(`${query} `);
    const nearest = [...cosines.keys()].sort((a, b) => cosines[b]! - cosines[a]!).slice(0, CANDIDATES);
    const rows = new Set([...nearest, ...answer.best(CANDIDATES).map(({ id, unit }) => rowOf(id, unit))]);
    const candidates = [...rows].flatMap((row) => {
      const words = answer.evidenceOf(...unitOf(row));
      return words ? [{ row, cosine: cosines[row]!, words: words.score, coverage: words.coverage }] : [];
    });
    return byScore(candidates, fusedScores(candidates));
  };
}

/** The items by falling score. */
export function byScore<Item>(items: readonly Item[], scores: ArrayLike<number>): Item[] {
  const order = [...items.keys()].sort((a, b) => scores[b]! - scores[a]!);
  return order.map((at) => items[at]!);
}

/** Ids of the first `k` documents of candidates, each once. */
export function documentsOf(
  candidates: readonly Candidate[],
  { set, passages }: { readonly set: RelevanceSet; readonly passages: readonly DocumentPassage[] },
  k: number,
): string[] {
  const documents = candidates.map(({ row }) => passages[row]!.document);
  return [...new Set(documents)].slice(0, k).map((document) => set.documents[document]!.id);
}
