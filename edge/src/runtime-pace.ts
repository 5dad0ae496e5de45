import type { BatchModel } from "@pipit/core";

/** What a model takes on this machine, in milliseconds. */
export interface Pace {
  /** Of one question, the median of some. */
  readonly question: number;
  /** Of a text among many, the best of some runs. */
  readonly text: number;
}

const QUESTION = "a small brown bird that sings at night";
// Engines compile in earnest what was called some times.
const WARM_UP = 8;
const QUESTIONS = 15;
const RUNS = 3;

/** Some tenths of a second of questions and batches of `texts`. Fails with `aborted`, and as the model does. */
export async function paceOf(model: BatchModel, texts: readonly string[], signal: AbortSignal): Promise<Pace> {
  const timed = async (asked: readonly string[]) => {
    const began = performance.now();
    await model.run(asked, signal);
    return performance.now() - began;
  };
  for (let i = 0; i < WARM_UP; i++) await timed([QUESTION]);
  const questions: number[] = [];
  for (let i = 0; i < QUESTIONS; i++) questions.push(await timed([QUESTION]));
  await timed(texts);
  const runs: number[] = [];
  for (let i = 0; i < RUNS; i++) runs.push(await timed(texts));
  return { question: questions.sort((a, b) => a - b)[QUESTIONS >> 1]!, text: Math.min(...runs) / texts.length };
}

/** A server answers questions and takes in texts: what is twice as quick at one may be half as quick at the other. */
export function costOf({ question, text }: Pace): number {
  return question * text;
}

export function paceText({ question, text }: Pace): string {
  return `${question.toFixed(1)} ms a question, ${Math.round(1000 / text)} texts a second`;
}
