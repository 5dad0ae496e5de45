import { type Answer, measuresOf } from "@pipit/core";
import type { Bench, BenchOptions, BenchReport, BenchRow, Log } from "./bench.ts";
import { evenly } from "./relevance/evenly.ts";
import type { OpenRanker, Ranker } from "./relevance/ranker.ts";
import { rankersOf } from "./relevance/rankers.ts";
import type { RelevanceQuery, RelevanceSet } from "./relevance/relevance-set.ts";
import { relevanceSets } from "./relevance/sets.ts";
import { goalsOf } from "./relevance/thresholds.ts";
import { type JudgedAnswer, judgedAnswers, judgedFigures } from "./relevance/weak-answers.ts";

/** As many documents as the deepest measure counts. */
const DEPTH = 100;
/** The row in which each set counts alike. */
const ALL = "all sets";

/** Every ranker answers the queries of every set. `--count` asks fewer queries of each, `--rivals` runs the named rankers only. */
export const bench: Bench = {
  name: "relevance",
  question: "Does the right entry come first, beside nearest vectors, MiniSearch, Orama and Pagefind?",
  run,
};

async function run(log: Log, { count, rivals }: BenchOptions): Promise<BenchReport> {
  const rankers = rankersOf(rivals, log);
  const rows: BenchRow[] = [];
  const judged = new Map<string, (readonly JudgedAnswer[])[]>();
  for (const set of relevanceSets(log)) {
    log(`${set.name}: ${set.queries.length} queries, ${set.documents.length} documents`);
    for (const open of rankers) {
      const { ranker, figures, answers } = await asked(set, open, count);
      if (answers) judged.set(ranker, [...(judged.get(ranker) ?? []), answers]);
      rows.push({ set: set.name, ranker, ...figures, ...(answers && judgedFigures([answers])) });
    }
  }
  for (const [ranker, sets] of judged) rows.push({ set: ALL, ranker, ...judgedFigures(sets) });
  // Thresholds are about all queries.
  return { rows, goals: count === undefined ? goalsOf(rows) : [], failsBelowGoals: true };
}

interface AskedSet {
  readonly ranker: string;
  readonly figures: BenchRow;
  /** Of a ranker that judges its hits. */
  readonly answers: readonly JudgedAnswer[] | undefined;
}

/** A ranker is given the whole set, so that a quick run uses the vectors that a full one remembers. */
async function asked(set: RelevanceSet, open: OpenRanker, count = set.queries.length): Promise<AskedSet> {
  const ranker = await open(set);
  const queries = evenly(set.queries, count);
  try {
    const { judge, likely } = ranker;
    const answers = judge && (await judgedAnswers({ judge, likely }, queries));
    return { ranker: ranker.name, figures: await rankedFigures(ranker, queries), answers };
  } finally {
    await ranker.close?.();
  }
}

/** Of queries without any answer there is no order to measure. */
async function rankedFigures(ranker: Ranker, queries: readonly RelevanceQuery[]): Promise<BenchRow> {
  if (queries.every(({ gains }) => gains.size === 0)) return {};
  const answers: Answer[] = [];
  for (const { text, gains } of queries) answers.push({ ranked: await ranker.rank(text, DEPTH), gains });
  const { ndcg10, recall100, mrr10, firstFive } = measuresOf(answers);
  return {
    "nDCG@10": round(ndcg10),
    "recall@100": round(recall100),
    MRR: round(mrr10),
    "first five %": percent(firstFive),
  };
}

function percent(share: number): number {
  return Number((100 * share).toFixed(1));
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
