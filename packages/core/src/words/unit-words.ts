import { badInput } from "../bad-input.ts";
import { tokensOf } from "./tokens.ts";

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

/** The words of one text: those that follow one another, and those beside them. `quarters` is 0 for a unit's own text. */
export interface WordRun {
  readonly quarters: number;
  readonly words: readonly string[];
  readonly beside: readonly string[];
}

/** A run of a unit by the numbers of its words. */
export interface NumberedRun {
  readonly quarters: number;
  readonly words: readonly number[];
  readonly beside: readonly number[];
}

const MOST_QUARTERS = 240;

export function runsOf({ text, fields = [] }: WordUnit): WordRun[] {
  const titled = fields.map(({ text, weight }) => runOf(text, quartersOf(weight)));
  return [...titled, runOf(text, 0)];
}

function quartersOf(weight: number): number {
  if (!(weight > 0))
    throw badInput(weight, "the weight of a field above 0", "Leave out a field that counts for nothing.");
  return Math.max(1, Math.min(MOST_QUARTERS, Math.round(4 * weight)));
}

function runOf(text: string, quarters: number): WordRun {
  const [words, besides]: string[][] = [[], []];
  for (const { word, beside } of tokensOf(text)) (beside ? besides : words)!.push(word);
  return { quarters, words: words!, beside: besides! };
}
