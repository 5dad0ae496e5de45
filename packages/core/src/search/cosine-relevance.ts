/**
 * What a cosine of a space says: the logarithm of the odds that a part answers a query is intercept + slope * cosine - behind * (the best
 * part's cosine - cosine). Fitted to judged queries of the space.
 */
export interface CosineRelevance {
  readonly intercept: number;
  readonly slope: number;
  /** Most queries have few answers: behind a better part, one of the same cosine is less probable. */
  readonly behind: number;
}

/** The probability, 0 to 1, that each part answers the query, of all parts that may. */
export function cosineProbabilities(
  cosines: readonly number[],
  { intercept, slope, behind }: CosineRelevance,
): number[] {
  const best = cosines.reduce((most, cosine) => Math.max(most, cosine), -1);
  return cosines.map((cosine) => 1 / (1 + Math.exp(-(intercept + slope * cosine - behind * (best - cosine)))));
}
