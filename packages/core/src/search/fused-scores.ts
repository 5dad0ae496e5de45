/** What is known of how well a candidate answers a query. */
export interface Evidence {
  /** Cosine of query and passage. */
  readonly cosine: number;
  /** BM25F score, 0 without shared words. */
  readonly words: number;
}

/** Meaning and words count alike. Sets of `bench -- relevance` change little between .4 and .6. */
const WORDS_SHARE = 0.5;
const ROUNDING = 1e-9;

/**
 * Joint scores of the candidates of one query; larger is better. Cosines and word scores have ranges of their own, so each is measured in
 * standard deviations from its mean over the candidates. The scores compare candidates of one query only.
 */
export function fusedScores(candidates: readonly Evidence[]): number[] {
  const cosines = standardized(candidates.map(({ cosine }) => cosine));
  const words = standardized(candidates.map(({ words }) => words));
  return cosines.map((cosine, i) => (1 - WORDS_SHARE) * cosine + WORDS_SHARE * words[i]!);
}

/** All 0 if the values differ by no more than roundings. */
function standardized(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return values.map((value) => (deviation > ROUNDING * Math.abs(mean) ? (value - mean) / deviation : 0));
}
