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
  /** The least probability of a best hit that is likely an answer. */
  readonly likely: number;
  /** The same for queries whose tokens were compared. */
  readonly interacting: { readonly both: Calibration; readonly meaning: Calibration; readonly likely: number };
  /** For candidates without a vector. */
  readonly words: Calibration;
}

export const RELEVANCE_WEIGHTS: RelevanceWeights = {
  sum: { cosine: 9, tokens: 8, words: 0.2, coverage: 1, names: 0.25, all: 2 },
  usualTokens: { intercept: 0.183, slope: 0.506 },
  both: { intercept: -3.593, slope: 0.5838, behind: 0.681 },
  meaning: { intercept: -3.319, slope: 0.7327, behind: 1.423 },
  interacting: {
    both: { intercept: -4.278, slope: 0.4429, behind: 0.5379 },
    meaning: { intercept: -4.382, slope: 0.5504, behind: 0.9926 },
    likely: 0.33,
  },
  words: { intercept: -2.616, slope: 0.9387, behind: 1.528 },
  likely: 0.26,
};
