import type { Calibration, Evidence } from "@pipit/core";
import type { Prediction } from "../calibration.ts";
import { bestOfDocuments, type JudgedQuery } from "./judged-query.ts";
import { type Examples, fitLogistic } from "./logistic.ts";

/** Hits further down are rarely seen. They would outweigh those at the top by their number. */
const HITS = 20;
/** The best hit decides whether the answer is weak. */
const WEIGHT_OF_BEST = 10;
const RIDGE = 1e-6;

/** What of the evidence is calibrated. */
export interface Judging {
  readonly sum: (evidence: Evidence) => number;
  readonly words: (evidence: Evidence) => number;
}

/**
 * Fits the probability of a hit to its sum of evidence, to how far that is behind the best, and to the greatest word score of the query. Each
 * set counts alike.
 */
export function calibrate(sets: readonly (readonly JudgedQuery[])[], judging: Judging): Calibration {
  const [features, labels, weights]: [Float64Array[], number[], number[]] = [[], [], []];
  for (const queries of sets) {
    for (const query of queries) {
      for (const [at, { candidate, value, behind, words }] of hitsOf(query, judging).slice(0, HITS).entries()) {
        features.push(Float64Array.of(value, -behind, -words));
        labels.push(Number(candidate.isRight));
        weights.push((at === 0 ? WEIGHT_OF_BEST : 1) / queries.length);
      }
    }
  }
  const { intercept, factors } = fitLogistic({ features, labels, weights } satisfies Examples, { ridge: RIDGE });
  const [slope, behind, words] = factors.map(rounded) as [number, number, number];
  return { intercept: rounded(intercept), slope, behind, words };
}

/** What a calibration says of the best passage of each document, best first. */
export function predictionsOf(query: JudgedQuery, calibration: Calibration, judging: Judging): Prediction[] {
  const { intercept, slope } = calibration;
  return hitsOf(query, judging).map(({ candidate, value, behind, words }) => {
    const odds = intercept + slope * value - calibration.behind * behind - calibration.words * words;
    return { probability: 1 / (1 + Math.exp(-odds)), isRight: candidate.isRight };
  });
}

function hitsOf(query: JudgedQuery, { sum, words }: Judging) {
  const hits = bestOfDocuments(query, sum);
  const most = query.candidates.reduce((most, { evidence }) => Math.max(most, words(evidence)), 0);
  return hits.map((hit) => ({ ...hit, behind: hits[0]!.value - hit.value, words: most }));
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
