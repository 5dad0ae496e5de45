import { calibrationError, type Prediction } from "./calibration.ts";
import { evenly } from "./evenly.ts";
import type { Ranker } from "./ranker.ts";
import type { RelevanceQuery } from "./relevance-set.ts";

export type JudgingRanker = Pick<Ranker, "likely"> & Required<Pick<Ranker, "judge">>;

/** What a ranker says of its hits for one question. */
export interface JudgedAnswer {
  readonly predictions: readonly Prediction[];
  readonly isAnswerable: boolean;
  readonly isWeak: boolean;
}

export async function judgedAnswers({ judge, likely = 0 }: JudgingRanker, queries: readonly RelevanceQuery[]) {
  return Promise.all(
    queries.map(async ({ text, gains }): Promise<JudgedAnswer> => {
      const hits = await judge(text);
      return {
        predictions: hits.map(({ id, probability }) => ({ probability, isRight: gains.has(id) })),
        isAnswerable: gains.size > 0,
        isWeak: (hits[0]?.probability ?? 0) < likely,
      };
    }),
  );
}

/** How often answers are said to be weak, and how far probabilities are from what is right. Of several sets each counts alike. */
export function judgedFigures(sets: readonly (readonly JudgedAnswer[])[]) {
  return {
    ...weakShare("unanswerable weak %", sets, (answer) => !answer.isAnswerable),
    ...weakShare("answerable weak %", sets, (answer) => answer.isAnswerable),
    ECE: errorOf(sets, (predictions) => predictions),
    "ECE of best": errorOf(sets, (predictions) => predictions.slice(0, 1)),
  };
}

function weakShare(
  name: string,
  sets: readonly (readonly JudgedAnswer[])[],
  counts: (answer: JudgedAnswer) => boolean,
): Readonly<Record<string, number>> {
  const counted = sets.map((answers) => answers.filter(counts)).filter((answers) => answers.length > 0);
  if (counted.length === 0) return {};
  const shares = counted.map((answers) => answers.filter(({ isWeak }) => isWeak).length / answers.length);
  return { [name]: Number(((100 * shares.reduce((sum, share) => sum + share, 0)) / shares.length).toFixed(1)) };
}

function errorOf(
  sets: readonly (readonly JudgedAnswer[])[],
  of: (predictions: readonly Prediction[]) => readonly Prediction[],
): number {
  const predictions = sets.map((answers) => answers.flatMap((answer) => of(answer.predictions)));
  const least = Math.min(...predictions.map(({ length }) => length));
  return Number(calibrationError(predictions.flatMap((some) => evenly(some, least))).toPrecision(3));
}
