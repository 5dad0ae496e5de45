import { badInput } from "../bad-input.ts";
import { eachToken } from "./tokens.ts";

/** The part of an entry that is found and scored as one text: a passage, with fields such as the entry's title. */
export interface WordUnit {
  readonly text: string;
  readonly fields?: readonly WeightedText[] | undefined;
}

/** `weight` is relative to that of the text, which is 1: from .25 to 60, in steps of a quarter. Fails with `bad-input` if it is not above 0. */
export interface WeightedText {
  readonly text: string;
  readonly weight: number;
}

/** The words of one text by their numbers: those that follow one another, and those beside them. `quarters` is 0 for a unit's own text. */
export interface NumberedRun {
  readonly quarters: number;
  readonly words: readonly number[];
  readonly beside: readonly number[];
}

/** Gives words their numbers. */
export interface WordNumbers {
  numberOf(word: string): number;
  /** Of the word that stands there in lower case; its units are ASCII letters and digits. */
  numberIn(text: string, start: number, end: number): number;
}

const MOST_QUARTERS = 240;

export function runsOf({ text, fields = [] }: WordUnit, numbers: WordNumbers): NumberedRun[] {
  const titled = fields.map(({ text, weight }) => runOf(text, quartersOf(weight), numbers));
  return [...titled, runOf(text, 0, numbers)];
}

function quartersOf(weight: number): number {
  if (!(weight > 0))
    throw badInput(weight, "the weight of a field above 0", "Leave out a field that counts for nothing.");
  return Math.max(1, Math.min(MOST_QUARTERS, Math.round(4 * weight)));
}

function runOf(text: string, quarters: number, numbers: WordNumbers): NumberedRun {
  const [words, besides]: [number[], number[]] = [[], []];
  eachToken(text, {
    plain: (start, end) => void words.push(numbers.numberIn(text, start, end)),
    other: ({ word, beside }) => void (beside ? besides : words).push(numbers.numberOf(word)),
  });
  return { quarters, words, beside: besides };
}

/** The same words by other numbers. */
export function renumbered(runs: readonly NumberedRun[], numberOf: (word: number) => number): NumberedRun[] {
  return runs.map(({ quarters, words, beside }) => ({
    quarters,
    words: words.map(numberOf),
    beside: beside.map(numberOf),
  }));
}
