import { calibrationError } from "./calibration.ts";
import type { Ranker } from "./ranker.ts";
import type { RelevanceQuery } from "./relevance-set.ts";

export type JudgingRanker = Pick<Ranker, "likely"> & Required<Pick<Ranker, "judge">>;

/** How often a ranker says that an answer is weak, and how far its probabilities are from what is right. */
export async function judgedFigures({ judge, likely = 0 }: JudgingRanker, queries: readonly RelevanceQuery[]) {
  const asked = await Promise.all(queries.map(async ({ text, gains }) => ({ hits: await judge(text), gains })));
  const predictions = asked.map(({ hits, gains }) =>
    hits.map(({ id, probability }) => ({ probability, isRight: gains.has(id) })),
  );
  const weakShare = (isAnswerable: boolean) => {
    const some = asked.filter(({ gains }) => gains.size > 0 === isAnswerable);
    if (some.length === 0) return {};
    const weak = some.filter(({ hits }) => (hits[0]?.probability ?? 0) < likely).length;
    const name = isAnswerable ? "answerable weak %" : "unanswerable weak %";
    return { [name]: Number(((100 * weak) / some.length).toFixed(1)) };
  };
  return {
    ...weakShare(false),
    ...weakShare(true),
    ECE: Number(calibrationError(predictions.flat()).toPrecision(3)),
    "ECE of best": Number(calibrationError(predictions.flatMap((hits) => hits.slice(0, 1))).toPrecision(3)),
  };
}
