import type { Span } from "./span.ts";

/** Sentences by the platform's segmenter, with one fixed locale so that a text has the same passages everywhere. */
export function sentencesOf(text: string): Span[] {
  if (typeof Intl.Segmenter !== "function") return plainSentencesOf(text);
  const spans: Span[] = [];
  for (const { index, segment } of new Intl.Segmenter("en", { granularity: "sentence" }).segment(text)) {
    spans.push({ start: index, end: index + segment.length });
  }
  return spans;
}

/** For platforms without Intl.Segmenter: a sentence ends with its mark and the white space after it, or with a line. */
export function plainSentencesOf(text: string): Span[] {
  const spans: Span[] = [];
  let start = 0;
  for (const mark of text.matchAll(/[.!?…]+["')\]]*\s+|[。！？]+|\n+/gu)) {
    const end = mark.index + mark[0].length;
    spans.push({ start, end });
    start = end;
  }
  if (start < text.length) spans.push({ start, end: text.length });
  return spans;
}
