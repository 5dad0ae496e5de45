import { bertText } from "../bert-text.ts";
import type { TextPiece } from "../ports/embedder.ts";

/**
 * Version of all steps between an entry's text and the token ids. It is part of the space: change it whenever the same passage
 * gets other ids.
 */
export const PREPROCESSING = "text-1";

// BERT drops these control characters: unless they are replaced, the words on both sides become one.
const LINE_ENDS_DROPPED = /[\v\f\x85]/g;

/**
 * A text as input of an embedder. Differences between tokenizers of one model are removed here, before the text becomes part of a
 * cache key.
 */
export function textPiece(text: string): TextPiece {
  return { modality: "text", text: bertText(withLineEnds(text)) };
}

/** A text of the same length whose line ends part words. */
export function withLineEnds(text: string): string {
  return text.replace(LINE_ENDS_DROPPED, "\n");
}
