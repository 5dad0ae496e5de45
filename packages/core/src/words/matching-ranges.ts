import type { TextRange } from "../ports/evidence.ts";
import { tokensOf } from "./tokens.ts";

/** The ranges of a text with these words, which are in the form of an index. Ranges that overlap are joined. */
export function matchingRanges(text: string, words: readonly string[]): TextRange[] {
  const asked = new Set(words);
  const ranges: { start: number; end: number }[] = [];
  const found = tokensOf(text).filter(({ word }) => asked.has(word));
  for (const { start, end } of found.sort((a, b) => a.start - b.start)) {
    const last = ranges.at(-1);
    if (last && start < last.end) last.end = Math.max(last.end, end);
    else ranges.push({ start, end });
  }
  return ranges;
}
