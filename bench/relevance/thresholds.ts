import type { BenchRow, Goal } from "../bench.ts";

/** The least that a ranker must reach on a set in one of the printed figures. */
export interface Threshold {
  readonly set: string;
  readonly ranker: string;
  readonly figure: "nDCG@10" | "recall@100" | "MRR" | "first five %";
  readonly least: number;
}

const words = (set: string, figure: Threshold["figure"], least: number): Threshold => ({
  set,
  ranker: "words",
  figure,
  least,
});

/** What is reached, less some thousandths: a change that falls below has lost something. */
export const THRESHOLDS: readonly Threshold[] = [
  words("guide", "nDCG@10", 0.775),
  words("exact", "MRR", 1),
  words("xquad-en", "nDCG@10", 0.967),
  words("xquad-de", "nDCG@10", 0.938),
  words("xquad-es", "nDCG@10", 0.952),
  words("xquad-zh", "nDCG@10", 0.958),
  words("xquad-ar", "nDCG@10", 0.927),
  words("cranfield", "nDCG@10", 0.387),
  words("banking77", "nDCG@10", 0.72),
];

/** A threshold whose ranker or set did not run has no goal. */
export function goalsOf(rows: readonly BenchRow[], thresholds: readonly Threshold[] = THRESHOLDS): Goal[] {
  return thresholds.flatMap(({ set, ranker, figure, least }) => {
    const row = rows.find((each) => each.set === set && each.ranker === ranker);
    if (!row) return [];
    const got = Number(row[figure]);
    return [{ figure: `${set}, ${ranker}, ${figure}`, goal: `>= ${least}`, got, met: got >= least }];
  });
}
