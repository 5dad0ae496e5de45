import type { Piece } from "../ports/embedder.ts";

/**
 * Version of everything between an entry's text and the ids a model reads. It is part of the space: change it whenever
 * the same passage would become other ids.
 */
export const PREPROCESSING = "text-1";

// BERT drops control characters: the words on both sides of these would be one word.
const LINE_ENDS_DROPPED = /[\v\f\x85]/g;

export function textPiece(text: string): Piece {
  return { modality: "text", text: text.replace(LINE_ENDS_DROPPED, "\n") };
}
