import type { Hit, Span } from "@pipit/core";
import { type Stretch, stretchesOf } from "./stretches.ts";

export type { Stretch };

/** The spans of the passage's text to mark. */
export function passageMarks({ matches, passage }: Hit): readonly Span[] {
  return shifted(matches, -passage.start);
}

/** A part of the hit's passage, divided at its marks. A text that is no part of the passage has none. */
export function markedPart(text: string, hit: Hit): Stretch[] {
  const at = hit.passage.text.indexOf(text);
  return stretchesOf(text, at < 0 ? [] : shifted(passageMarks(hit), -at));
}

export function shifted(spans: readonly Span[], by: number): Span[] {
  return spans.map(({ start, end }) => ({ start: start + by, end: end + by }));
}
