import type { TextRange } from "../ports/evidence.ts";
import { type Token, tokensOf } from "./tokens.ts";

/** At most one sign is between two words that touch. */
const GAP = 1;

/**
 * The ranges of a text with these words, which are in the form of an index. `short` words, which are single letters and digits, count where they
 * touch one of the others: the 4 of `utf8mb4` beside "mb". Ranges that overlap are joined.
 */
export function matchingRanges(text: string, words: readonly string[], short: readonly string[] = []): TextRange[] {
  const [asked, beside] = [new Set(words), new Set(short)];
  const tokens = tokensOf(text);
  const found = new Set(tokens.filter(({ word }) => asked.has(word)));
  if (beside.size === 0) return unionOf([...found]);
  const shorts = tokens.filter(({ word }) => beside.has(word));
  // Each may touch one that touches a word, on either side.
  for (const some of [shorts, shorts.toReversed()]) takeTouching(found, some);
  return unionOf([...found]);
}

function takeTouching(found: Set<Token>, shorts: readonly Token[]): void {
  const [starts, ends] = [new Set<number>(), new Set<number>()];
  const note = ({ start, end }: Token) => {
    starts.add(start);
    ends.add(end);
  };
  for (const token of found) note(token);
  const gaps = Array.from({ length: GAP + 1 }, (_, gap) => gap);
  for (const token of shorts) {
    if (!gaps.some((gap) => ends.has(token.start - gap) || starts.has(token.end + gap))) continue;
    found.add(token);
    note(token);
  }
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
