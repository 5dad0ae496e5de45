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
  both: { intercept: -3.813, slope: 0.611, behind: 0.6527 },
  meaning: { intercept: -3.603, slope: 0.7873, behind: 1.414 },
  interacting: {
    both: { intercept: -4.395, slope: 0.4993, behind: 0.5659 },
    meaning: { intercept: -4.504, slope: 0.6235, behind: 1.035 },
    likely: 0.31,
  },
  words: { intercept: -2.769, slope: 0.9474, behind: 1.277 },
  likely: 0.24,
};
