import type { Calibration, Evidence } from "@pipit/core";
import type { Prediction } from "../calibration.ts";
import { bestOfDocuments, type JudgedQuery } from "./judged-query.ts";
import { type Examples, fitLogistic } from "./logistic.ts";

/** Hits further down are rarely seen. They would outweigh those at the top by their number. */
const HITS = 20;
/** The best hit decides whether the answer is weak. */
const WEIGHT_OF_BEST = 10;
const RIDGE = 1e-6;

export type Sum = (evidence: Evidence) => number;

/** Fits the probability of a hit to its sum of evidence, and to how far that is behind the best. Each set counts alike. */
export function calibrate(sets: readonly (readonly JudgedQuery[])[], sum: Sum): Calibration {
  const [features, labels, weights]: [Float64Array[], number[], number[]] = [[], [], []];
  for (const queries of sets) {
    for (const query of queries) {
      for (const [at, { candidate, value, behind }] of hitsOf(query, sum).slice(0, HITS).entries()) {
        features.push(Float64Array.of(value, -behind));
        labels.push(Number(candidate.isRight));
        weights.push((at === 0 ? WEIGHT_OF_BEST : 1) / queries.length);
      }
    }
  }
  const { intercept, factors } = fitLogistic({ features, labels, weights } satisfies Examples, { ridge: RIDGE });
  return { intercept: rounded(intercept), slope: rounded(factors[0]!), behind: rounded(factors[1]!) };
}

/** What a calibration says of the best passage of each document, best first. */
export function predictionsOf(
  query: JudgedQuery,
  { intercept, slope, behind: factor }: Calibration,
  sum: Sum,
): Prediction[] {
  return hitsOf(query, sum).map(({ candidate, value, behind }) => ({
    probability: 1 / (1 + Math.exp(-(intercept + slope * value - factor * behind))),
    isRight: candidate.isRight,
  }));
}

function hitsOf(query: JudgedQuery, sum: Sum) {
  const hits = bestOfDocuments(query, sum);
  return hits.map((hit) => ({ ...hit, behind: hits[0]!.value - hit.value }));
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
