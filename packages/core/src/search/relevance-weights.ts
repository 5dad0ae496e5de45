// Written by `npm run bench -- fit`, from the collections in bench/relevance/fit. Do not edit.

/**
 * The logarithm of the odds: intercept + slope * sum - behind * (the best candidate's sum - sum) - words * (the greatest word score of
 * all candidates).
 */
export interface Calibration {
  readonly intercept: number;
  readonly slope: number;
  readonly behind: number;
  readonly words: number;
}

/** What the sum of evidence is made with. */
export interface EvidenceWeights {
  /** The weight of each kind of evidence in the sum. `all` counts for candidates with all words. */
  readonly sum: {
    readonly cosine: number;
    readonly tokens: number;
    readonly words: number;
    readonly coverage: number;
    readonly title: number;
    readonly names: number;
    readonly all: number;
  };
  /** The late interaction that passages of a cosine have in the mean: intercept + slope * cosine. */
  readonly usualTokens: { readonly intercept: number; readonly slope: number };
}

export interface RelevanceWeights extends EvidenceWeights {
  readonly both: Calibration;
  /** For queries without words. */
  readonly meaning: Calibration;
  /** The least probability of a best hit that is likely an answer. */
  readonly likely: number;
  /** The same for queries whose tokens were compared. */
  readonly interacting: { readonly both: Calibration; readonly meaning: Calibration; readonly likely: number };
  /** For candidates without a vector. */
  readonly words: Calibration;
}

export const RELEVANCE_WEIGHTS: RelevanceWeights = {
  sum: { cosine: 9, tokens: 6, words: 0.2, coverage: 1, title: 6, names: 0.25, all: 2 },
  usualTokens: { intercept: 0.187, slope: 0.495 },
  both: { intercept: -3.821, slope: 0.6742, behind: 0.6035, words: 0.05144 },
  meaning: { intercept: -3.603, slope: 0.7873, behind: 1.414, words: 0 },
  interacting: {
    both: { intercept: -4.427, slope: 0.5342, behind: 0.5412, words: 0.03848 },
    meaning: { intercept: -4.504, slope: 0.6235, behind: 1.035, words: 0 },
    likely: 0.31,
  },
  words: { intercept: -2.652, slope: 1.181, behind: 1.063, words: 0.0811 },
  likely: 0.24,
};
