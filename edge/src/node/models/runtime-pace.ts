import { type BatchModel, type Piece, textPiece } from "@pipit/core";

/** The speed of a model on this machine, in milliseconds. */
export interface Pace {
  /** Time of one question: the median of several. */
  readonly question: number;
  /** Time of one text in a large batch: the best of several runs. */
  readonly text: number;
}

const QUESTION = textPiece("a small brown bird that sings at night");
// JavaScript engines optimise a function only after some calls.
const WARM_UP = 8;
const QUESTIONS = 15;
const RUNS = 3;

/** Times questions and batches of `pieces` for some tenths of a second. Fails with `aborted`, and as the model does. */
export async function paceOf(model: BatchModel, pieces: readonly Piece[], signal: AbortSignal): Promise<Pace> {
  const timed = async (asked: readonly Piece[]) => {
    const began = performance.now();
    await model.run(asked, signal);
    return performance.now() - began;
  };
  for (let i = 0; i < WARM_UP; i++) await timed([QUESTION]);
  const questions: number[] = [];
  for (let i = 0; i < QUESTIONS; i++) questions.push(await timed([QUESTION]));
  await timed(pieces);
  const runs: number[] = [];
  for (let i = 0; i < RUNS; i++) runs.push(await timed(pieces));
  return { question: questions.sort((a, b) => a - b)[QUESTIONS >> 1]!, text: Math.min(...runs) / pieces.length };
}

/** The product of both times: a runtime may be twice as fast at questions and half as fast at batches. */
export function costOf({ question, text }: Pace): number {
  return question * text;
}

export function paceText({ question, text }: Pace): string {
  return `${question.toFixed(1)} ms a question, ${Math.round(1000 / text)} texts a second`;
}
