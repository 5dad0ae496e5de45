import type { Hit, Span, TextPart } from "@pipit/core";
import { sharedWords } from "./shared-words.ts";
import { type Stretch, stretchesOf } from "./stretches.ts";

export type { Stretch };

const NO_TEXT: TextPart = { modality: "text", text: "", start: 0, end: 0 };

/** The passage that was found; an empty one of a hit that is a picture. */
export function passageOf({ part }: Hit): TextPart {
  return part.modality === "text" ? part : NO_TEXT;
}

/** The spans of the passage's text to mark. */
export function passageMarks(hit: Hit): readonly Span[] {
  return shifted(hit.matches, -passageOf(hit).start);
}

/** A part of the hit's passage, divided at its marks. A text that is no part of the passage has none. */
export function markedPart(text: string, hit: Hit): Stretch[] {
  const at = passageOf(hit).text.indexOf(text);
  return stretchesOf(text, at < 0 ? [] : shifted(passageMarks(hit), -at));
}

/** The spans of a title to mark: its words that the query has, or that are marked in the passage. */
export function titleMarks(title: string, hit: Hit, query: string): readonly Span[] {
  const { text } = passageOf(hit);
  // A word that a typing error or another form reached is known by its mark in the passage.
  const asked = [query, ...passageMarks(hit).map(({ start, end }) => text.slice(start, end))];
  return sharedWords(title, asked.join(" "));
}

/** A title of the hit, divided at its marks. */
export function markedTitle(title: string, hit: Hit, query: string): Stretch[] {
  return stretchesOf(title, titleMarks(title, hit, query));
}

export function shifted(spans: readonly Span[], by: number): Span[] {
  return spans.map(({ start, end }) => ({ start: start + by, end: end + by }));
}
