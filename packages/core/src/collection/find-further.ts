import type { CollectionSearch, FoundFurther, FurtherQuery } from "../ports/collection.ts";
import type { Evidence } from "../ports/evidence.ts";
import { cosineProbabilities } from "../search/cosine-relevance.ts";
import type { WordAnswer } from "../words/word-index.ts";
import type { DerivedState } from "./derived-state.ts";
import { type NearRow, nearRows } from "./near-rows.ts";
import { wordedParts } from "./word-units.ts";

/** A part in a further space, with the probability that it answers the query. */
export interface FurtherCandidate {
  readonly id: string;
  readonly part: FoundFurther;
  readonly evidence: Evidence;
  readonly score: number;
}

/** The parts of one further space that are nearest to the query's vector there. */
export interface NearFurther {
  readonly space: string;
  readonly near: readonly NearRow[];
  /** True if there are no others. */
  readonly isAll: boolean;
}

export interface AskedFurther extends Pick<CollectionSearch, "filter" | "signal" | "without"> {
  readonly further?: readonly FurtherQuery[] | undefined;
  /** The number of parts of each space. */
  readonly count: number;
}

export async function nearFurther(
  derived: DerivedState,
  { further = [], count: k, filter, without, signal }: AskedFurther,
): Promise<NearFurther[]> {
  const found: NearFurther[] = [];
  for (const { space, vector } of further) {
    const { vectors } = derived.furtherOf(space)!;
    const near = await nearRows(derived, { vector, vectors }, { k, filter, without, signal });
    found.push({ space, near, isAll: near.length < k });
  }
  return found;
}

/** Those of entries that the words of a query do not leave out: its phrases must be there, its exclusions must not. */
export function allowedByWords(
  { directory }: DerivedState,
  found: readonly NearFurther[],
  answer: WordAnswer,
): NearFurther[] {
  const isAllowed = ({ id }: NearRow) => {
    const listing = directory.get(id);
    return listing !== undefined && wordedParts(listing).some((_, unit) => answer.evidenceOf(id, unit) !== undefined);
  };
  return found.map((each) => ({ ...each, near: each.near.filter(isAllowed) }));
}

/** True if no more parts need to be looked at for `k` entries of each space: of those that were found, `allowed` are left. */
export function isEnough(found: readonly NearFurther[], allowed: readonly NearFurther[], k: number): boolean {
  return found.every(({ near, isAll }, at) => {
    const left = allowed[at]!.near;
    return isAll || left.length === near.length || new Set(left.map(({ id }) => id)).size >= k;
  });
}

/** Each space has its own mapping from cosine to probability. Parts that may not be hits must not be among these: others are compared with the best. */
export function furtherCandidates(derived: DerivedState, found: readonly NearFurther[]): FurtherCandidate[] {
  return found.flatMap(({ space, near }) => {
    const { relevance } = derived.furtherOf(space)!;
    const scores = cosineProbabilities(
      near.map(({ cosine }) => cosine),
      relevance,
    );
    return near.flatMap(({ id, part, cosine }, at) =>
      "space" in part ? [{ id, part, evidence: { cosine, space }, score: scores[at]! }] : [],
    );
  });
}
