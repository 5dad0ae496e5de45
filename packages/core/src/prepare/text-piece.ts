import { bertText } from "../bert-text.ts";
import type { Piece } from "../ports/embedder.ts";

/**
 * Version of everything between an entry's text and the ids a model reads. It is part of the space: change it whenever
 * the same passage would become other ids.
 */
export const PREPROCESSING = "text-1";

// BERT drops control characters: the words on both sides of these would be one word.
const LINE_ENDS_DROPPED = /[\v\f\x85]/g;

/**
 * A text as an embedder takes it. What tokenizers of one model read differently is settled here too, so that a cache of
 * vectors, which goes by the text of a piece, holds none of the other reading.
 */
export function textPiece(text: string): Piece {
  return { modality: "text", text: bertText(text.replace(LINE_ENDS_DROPPED, "\n")) };
}
