import type { Piece } from "../ports/embedder.ts";

/**
 * Version of everything between an entry's text and the ids a model reads. It is part of the space: change it whenever
 * the same passage would become other ids.
 */
export const PREPROCESSING = "text-1";

export function textPiece(text: string): Piece {
  return { modality: "text", text };
}
