import type { CollectionSearch, FoundFurther, FurtherQuery } from "../ports/collection.ts";
import type { Evidence } from "../ports/evidence.ts";
import { cosineProbabilities } from "../search/cosine-relevance.ts";
import type { WordAnswer } from "../words/word-index.ts";
import type { DerivedState } from "./derived-state.ts";
import { nearRows } from "./near-rows.ts";
import { wordedParts } from "./word-units.ts";

/** A part in a further space, with the probability that it answers the query. */
export interface FurtherCandidate {
  readonly id: string;
  readonly part: FoundFurther;
  readonly evidence: Evidence;
  readonly score: number;
}

export interface AskedFurther extends Pick<CollectionSearch, "filter" | "signal"> {
  readonly further?: readonly FurtherQuery[] | undefined;
  /** The number of parts of each space. */
  readonly count: number;
}

/** The parts nearest to the vectors, of each space by its own mapping from cosine to probability. */
export async function furtherCandidates(
  derived: DerivedState,
  { further = [], count, filter, signal }: AskedFurther,
): Promise<FurtherCandidate[]> {
  const found: FurtherCandidate[] = [];
  for (const { space, vector } of further) {
    const { vectors, relevance } = derived.furtherOf(space)!;
    const near = await nearRows(derived, { vector, vectors }, { k: count, filter, signal });
    const scores = cosineProbabilities(
      near.map(({ cosine }) => cosine),
      relevance,
    );
    for (const [at, { id, part, cosine }] of near.entries()) {
      if ("space" in part) found.push({ id, part, evidence: { cosine, space }, score: scores[at]! });
    }
  }
  return found;
}

/** Those of entries that the words of a query do not leave out: its phrases must be there, its exclusions must not. */
export function allowedByWords(
  { directory }: DerivedState,
  found: readonly FurtherCandidate[],
  answer: WordAnswer,
): FurtherCandidate[] {
  const isAllowed = (id: string) => {
    const listing = directory.get(id);
    return listing !== undefined && wordedParts(listing).some((_, unit) => answer.evidenceOf(id, unit) !== undefined);
  };
  return found.filter(({ id }) => isAllowed(id));
}
