import type { Hit, Span } from "@pipit/core";
import { sharedWords } from "./shared-words.ts";
import { type Stretch, stretchesOf } from "./stretches.ts";

export type { Stretch };

/** A hit of an engine that tells which words matched. */
export type MatchedHit = Hit & {
  /** Words of the passage that matched, as ranges of the entry's text in UTF-16 units. Absent if the engine does not tell. */
  readonly matches?: readonly Span[] | undefined;
};

/** A hit and the question that found it. */
export interface Found {
  readonly hit: MatchedHit;
  readonly query: string;
}

/** The spans of the passage's text to mark: the matches of the engine, or without them the words that it shares with the query. */
export function passageMarks({ hit: { matches, passage }, query }: Found): readonly Span[] {
  return matches ? shifted(matches, -passage.start) : sharedWords(passage.text, query);
}

/** A part of the hit's passage, divided at its marks. A text that is no part of the passage has marks only if the engine tells no matches. */
export function markedPart(text: string, found: Found): Stretch[] {
  const { passage, matches } = found.hit;
  const at = passage.text.indexOf(text);
  if (at >= 0) return stretchesOf(text, shifted(passageMarks(found), -at));
  return stretchesOf(text, matches ? [] : sharedWords(text, found.query));
}

export function shifted(spans: readonly Span[], by: number): Span[] {
  return spans.map(({ start, end }) => ({ start: start + by, end: end + by }));
}
