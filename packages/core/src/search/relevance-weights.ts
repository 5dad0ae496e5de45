// Written by `npm run bench -- fit`, from the collections in bench/relevance/fit. Do not edit.

/** The logarithm of the odds: intercept + slope * sum - behind * (the best candidate's sum - sum). */
export interface Calibration {
  readonly intercept: number;
  readonly slope: number;
  readonly behind: number;
}

/** What the sum of evidence is made with. */
export interface EvidenceWeights {
  /** The weight of each kind of evidence in the sum. `all` counts for candidates with all words. */
  readonly sum: {
    readonly cosine: number;
    readonly tokens: number;
    readonly words: number;
    readonly coverage: number;
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
  /** For candidates without a vector. */
  readonly words: Calibration;
  /** The least probability of a best hit that is likely an answer. */
  readonly likely: number;
}

export const RELEVANCE_WEIGHTS: RelevanceWeights = {
  sum: { cosine: 9, tokens: 6, words: 0.2, coverage: 1, names: 0.25, all: 2 },
  usualTokens: { intercept: 0.183, slope: 0.506 },
  both: { intercept: -3.53, slope: 0.5601, behind: 0.6782 },
  meaning: { intercept: -3.474, slope: 0.7644, behind: 1.401 },
  words: { intercept: -2.616, slope: 0.9387, behind: 1.528 },
  likely: 0.25,
};
