import type { BenchRow, Goal } from "../bench.ts";

/** The least that a ranker must reach on a set in one of the printed figures. */
export interface Threshold {
  readonly set: string;
  readonly ranker: string;
  readonly figure: "nDCG@10" | "recall@100" | "MRR" | "first five %";
  readonly least: number;
}

const ndcg = (set: string, leasts: Readonly<Record<string, number>>): Threshold[] =>
  Object.entries(leasts).map(([ranker, least]) => ({ set, ranker, figure: "nDCG@10", least }));

/** What is reached, less some thousandths: a change that falls below has lost something. */
export const THRESHOLDS: readonly Threshold[] = [
  ...ndcg("guide", { words: 0.775, both: 0.79, "both-minilm": 0.8 }),
  ...ndcg("exact", { words: 1, both: 0.99, "both-minilm": 0.99 }),
  ...ndcg("xquad-en", { words: 0.967, both: 0.975, "both-minilm": 0.979 }),
  ...ndcg("xquad-de", { words: 0.934, both: 0.936, "both-minilm": 0.94 }),
  ...ndcg("xquad-es", { words: 0.952, both: 0.953, "both-minilm": 0.95 }),
  ...ndcg("xquad-zh", { words: 0.958 }),
  ...ndcg("xquad-ar", { words: 0.927 }),
  ...ndcg("cranfield", { words: 0.387, both: 0.414, "both-minilm": 0.435 }),
  ...ndcg("banking77", { words: 0.72, both: 0.812, "both-minilm": 0.83 }),
  { set: "guide", ranker: "both", figure: "first five %", least: 89 },
  { set: "guide", ranker: "both-minilm", figure: "first five %", least: 88 },
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
