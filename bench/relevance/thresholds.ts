import type { BenchRow, Goal } from "../bench.ts";

/** The least that a ranker must reach on a set in one of the printed figures, or the most that it may. */
export type Threshold = {
  readonly set: string;
  readonly ranker: string;
  readonly figure: Figure;
} & ({ readonly least: number } | { readonly most: number });

type Figure =
  | "nDCG@10"
  | "recall@100"
  | "MRR"
  | "first five %"
  | "unanswerable weak %"
  | "answerable weak %"
  | "ECE"
  | "ECE of best";

const ndcg = (set: string, leasts: Readonly<Record<string, number>>): Threshold[] =>
  Object.entries(leasts).map(([ranker, least]) => ({ set, ranker, figure: "nDCG@10", least }));

/** What is reached, less some thousandths: a change that falls below has lost something. */
export const THRESHOLDS: readonly Threshold[] = [
  ...ndcg("guide", { words: 0.843, both: 0.865, "both-minilm": 0.876 }),
  ...ndcg("guide-held-out", { words: 0.748, both: 0.777, "both-minilm": 0.803 }),
  ...ndcg("exact", { words: 1, both: 1, "both-minilm": 1 }),
  ...ndcg("xquad-en", { words: 0.97, both: 0.975, "both-minilm": 0.98 }),
  ...ndcg("xquad-de", { words: 0.945, both: 0.948, "both-minilm": 0.956 }),
  ...ndcg("xquad-es", { words: 0.96, both: 0.967, "both-minilm": 0.966 }),
  ...ndcg("xquad-zh", { words: 0.96, both: 0.958 }),
  ...ndcg("xquad-ar", { words: 0.945, both: 0.948 }),
  ...ndcg("cranfield", { words: 0.397, both: 0.412, "both-minilm": 0.43 }),
  ...ndcg("banking77", { words: 0.731, both: 0.843, "both-minilm": 0.873 }),
  { set: "guide", ranker: "both", figure: "first five %", least: 94 },
  { set: "guide", ranker: "both-minilm", figure: "first five %", least: 94 },
  { set: "guide-held-out", ranker: "both", figure: "first five %", least: 88 },
  { set: "guide-held-out", ranker: "both-minilm", figure: "first five %", least: 88 },
  ...["both", "both-minilm"].flatMap((ranker): Threshold[] => [
    { set: "guide-off-topic", ranker, figure: "unanswerable weak %", least: 94 },
    { set: "exact-absent", ranker, figure: "unanswerable weak %", least: 95 },
    { set: "guide", ranker, figure: "answerable weak %", most: 2 },
    { set: "xquad-en", ranker, figure: "answerable weak %", most: 2 },
    { set: "guide", ranker, figure: "ECE", most: 0.05 },
    { set: "xquad-en", ranker, figure: "ECE", most: 0.05 },
    { set: "all sets", ranker, figure: "answerable weak %", most: 2 },
    { set: "all sets", ranker, figure: "ECE", most: 0.05 },
  ]),
];

/** A threshold whose ranker or set did not run has no goal. */
export function goalsOf(rows: readonly BenchRow[], thresholds: readonly Threshold[] = THRESHOLDS): Goal[] {
  return thresholds.flatMap((threshold) => {
    const { set, ranker, figure } = threshold;
    const row = rows.find((each) => each.set === set && each.ranker === ranker);
    return row ? [{ figure: `${set}, ${ranker}, ${figure}`, ...metBy(Number(row[figure]), threshold) }] : [];
  });
}

function metBy(got: number, threshold: Threshold): Omit<Goal, "figure"> {
  if ("least" in threshold) return { goal: `>= ${threshold.least}`, got, met: got >= threshold.least };
  return { goal: `<= ${threshold.most}`, got, met: got <= threshold.most };
}
