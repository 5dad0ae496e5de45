import type { Piece, TokenWindow } from "../ports/embedder.ts";

/** Where a passage begins and ends: [start, end) in UTF-16 units of the text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export function textPiece(text: string): Piece {
  return { modality: "text", text };
}

/** Cuts a text into runs of sentences that fit the model's window. */
export function splitPassages(text: string, window: TokenWindow): Span[] {
  const spans: Span[] = [];
  let open: Span | undefined;
  for (const { index, segment } of new Intl.Segmenter(undefined, { granularity: "sentence" }).segment(text)) {
    if (segment.trim() === "") continue;
    const end = index + segment.trimEnd().length;
    if (open && window.count(text.slice(open.start, end)) <= window.limit) open = { start: open.start, end };
    else {
      if (open) spans.push(open);
      open = { start: index, end };
    }
  }
  return open ? [...spans, open] : spans;
}
