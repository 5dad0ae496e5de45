import type { TextRange } from "../ports/evidence.ts";
import { tokensOf } from "./tokens.ts";

/** The ranges of a text with these words, which are in the form of an index. Ranges that overlap are joined. */
export function matchingRanges(text: string, words: readonly string[]): TextRange[] {
  const asked = new Set(words);
  return unionOf(tokensOf(text).filter(({ word }) => asked.has(word)));
}

/** The same parts of a text in its order. Ranges that overlap are joined. */
export function unionOf(ranges: readonly TextRange[]): TextRange[] {
  const union: { start: number; end: number }[] = [];
  for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = union.at(-1);
    if (last && start < last.end) last.end = Math.max(last.end, end);
    else union.push({ start, end });
  }
  return union;
}
