/** What is known of how well a candidate answers a query. */
export interface Evidence {
  /** Cosine of query and passage. */
  readonly cosine: number;
  /** BM25F score, 0 without shared words. */
  readonly words: number;
  /** The share of the query's words that the passage has, by their rarity. */
  readonly coverage: number;
}

/** Meaning and words count alike. Sets of `bench -- relevance` change little between .4 and .6. */
const WORDS_SHARE = 0.5;
/** Standard deviations that a candidate with all words is above one with none, beyond their scores. */
const COVERAGE = 0.5;
const ROUNDING = 1e-9;

/**
 * Joint scores of the candidates of one query; larger is better. Cosines and word scores have ranges of their own, so each is measured in
 * standard deviations from its mean over the candidates. The scores compare candidates of one query only.
 */
export function fusedScores(candidates: readonly Evidence[]): number[] {
  const cosines = standardized(candidates.map(({ cosine }) => cosine));
  const words = standardized(candidates.map(({ words }) => words));
  return candidates.map(
    ({ coverage }, i) => (1 - WORDS_SHARE) * cosines[i]! + WORDS_SHARE * words[i]! + COVERAGE * coverage,
  );
}

/** All 0 if the values differ by no more than roundings. */
function standardized(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return values.map((value) => (deviation > ROUNDING * Math.abs(mean) ? (value - mean) / deviation : 0));
}
