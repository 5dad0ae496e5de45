import { type Calibration, type Evidence, type EvidenceWeights, evidenceSum, type RelevanceWeights } from "@pipit/core";
import { assets } from "@pipit/test/fixtures/assets";
import type { Bench, BenchReport, BenchRow, Log } from "./bench.ts";
import { calibrationError, logLoss } from "./relevance/calibration.ts";
import { calibrate, type Judging, predictionsOf } from "./relevance/fit/calibrate.ts";
import { fitEvidence, interactingOf, type JudgedSets, withoutTokens } from "./relevance/fit/fit-sum.ts";
import { fittingSets } from "./relevance/fit/fitting-sets.ts";
import { type JudgedQuery, judgedQueries } from "./relevance/fit/judged-query.ts";
import { writeWeights } from "./relevance/fit/weights-file.ts";
import { starterSet } from "./relevance/starter-set.ts";
import { minilmTokenSet } from "./relevance/token-set.ts";

/**
 * The share of right best hits that may be said to be weak. Tokens also make hits more probable that answer another question in like words, so
 * that the bound is higher with them. Both shares were chosen on the guide's questions with and without an answer, and are the one thing here that was.
 */
const RIGHT_BUT_WEAK = { plain: 0.03, interacting: 0.04 };

/** Writes the weights of `probabilitiesOf`. Vectors of both producers are fitted together: they are of one space. */
export const bench: Bench = {
  name: "fit",
  question:
    "Which weights turn evidence into the probability that a hit is right, and how well do they fit held-out questions?",
  run,
};

interface FittingSet {
  readonly set: string;
  readonly producer: string;
  readonly queries: readonly JudgedQuery[];
}

async function run(log: Log): Promise<BenchReport> {
  if (!assets) throw new Error("got no assets, expected the texts to train on. Name their folder in PIPIT_ASSETS.");
  const sets: FittingSet[] = [];
  for (const set of fittingSets(`${assets}/text`)) {
    log(`${set.name}: ${set.queries.length} queries, ${set.documents.length} documents`);
    sets.push(
      { set: set.name, producer: "starter", queries: await judgedQueries(set, starterSet(set)) },
      { set: set.name, producer: "minilm", queries: await judgedQueries(set, await minilmTokenSet(set, log)) },
    );
  }
  const weights = weightsFor(sets.map(({ queries }) => queries.filter(({ isHeldOut }) => !isHeldOut)));
  writeWeights(weights);
  log(JSON.stringify(weights, undefined, 2));
  return { rows: rowsOf(sets, weights), goals: [] };
}

function weightsFor(sets: JudgedSets): RelevanceWeights {
  const evidence = fitEvidence(sets);
  const { both: judging, meaning, words } = judgingsOf(evidence);
  const [plain, interacting] = [withoutTokens(sets), interactingOf(sets)];
  const fitted = (some: JudgedSets, weak: number) => {
    const both = calibrate(some, judging);
    return { both, meaning: calibrate(some, meaning), likely: leastOf(rightOf(some, both, judging), weak) };
  };
  return {
    ...evidence,
    ...fitted(plain, RIGHT_BUT_WEAK.plain),
    interacting: fitted(interacting, RIGHT_BUT_WEAK.interacting),
    words: calibrate(sets, words),
  };
}

/** Of these probabilities of right hits, all but a share are as great. */
function leastOf(right: readonly number[], share: number): number {
  const sorted = right.toSorted((a, b) => a - b);
  return Number(sorted[Math.floor(share * sorted.length)]!.toPrecision(2));
}

/** The probabilities of best hits that are right. */
function rightOf(sets: JudgedSets, calibration: Calibration, judging: Judging): number[] {
  const best = sets.flat().flatMap((query) => predictionsOf(query, calibration, judging).slice(0, 1));
  return best.filter(({ isRight }) => isRight).map(({ probability }) => probability);
}

function judgingsOf(weights: EvidenceWeights): Record<"both" | "meaning" | "words", Judging> {
  const words = ({ words = 0 }: Evidence) => words;
  return {
    both: { words, sum: (evidence) => evidenceSum(evidence, weights) },
    meaning: { words: () => 0, sum: ({ cosine, tokens }) => evidenceSum({ cosine, tokens }, weights) },
    words: { words, sum: ({ cosine: _, tokens: __, ...byWords }) => evidenceSum(byWords, weights) },
  };
}

/** Of the held-out queries. */
function rowsOf(sets: readonly FittingSet[], weights: RelevanceWeights): BenchRow[] {
  const heldOut = sets.map((set) => ({ ...set, queries: set.queries.filter(({ isHeldOut }) => isHeldOut) }));
  const judgings = judgingsOf(weights);
  const figuresBy = (model: keyof typeof judgings, queries: readonly JudgedQuery[]) => {
    const { likely, ...calibrations } = interactingOf([queries]).length > 0 ? weights.interacting : weights;
    const calibration = model === "words" ? weights.words : calibrations[model];
    return figuresOf(queries, (query) => predictionsOf(query, calibration, judgings[model]), likely);
  };
  const of = (producer: string) => heldOut.flatMap((set) => (set.producer === producer ? set.queries : []));
  return [
    ...heldOut.map(({ set, producer, queries }) => ({ set, producer, model: "both", ...figuresBy("both", queries) })),
    ...(["both", "meaning", "words"] as const).flatMap((model) =>
      ["starter", "minilm"].map((producer) => ({ set: "all", producer, model, ...figuresBy(model, of(producer)) })),
    ),
  ];
}

function figuresOf(
  queries: readonly JudgedQuery[],
  predict: (query: JudgedQuery) => ReturnType<typeof predictionsOf>,
  likely: number,
): BenchRow {
  const predictions = queries.map(predict);
  const best = predictions.flatMap((hits) => hits.slice(0, 1));
  const weak = (isAnswered: boolean) => {
    const some = predictions.filter((_, i) => queries[i]!.answers > 0 === isAnswered);
    const count = some.filter((hits) => (hits[0]?.probability ?? 0) < likely).length;
    return Number(((100 * count) / Math.max(1, some.length)).toFixed(1));
  };
  return {
    "held out": queries.length,
    "first right %": Number(((100 * best.filter(({ isRight }) => isRight).length) / queries.length).toFixed(1)),
    "log loss": Number(logLoss(predictions.flat()).toPrecision(3)),
    ECE: Number(calibrationError(predictions.flat()).toPrecision(3)),
    "ECE of best": Number(calibrationError(best).toPrecision(3)),
    "unanswered weak %": weak(false),
    "answered weak %": weak(true),
  };
}
