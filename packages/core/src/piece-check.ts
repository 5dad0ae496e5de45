import { PipitError } from "./errors.ts";
import type { Piece } from "./ports/embedder.ts";

/** The reason why an embedder of texts refuses the pieces, or undefined when all are texts. */
export function whyNotTexts(pieces: readonly Piece[]): PipitError | undefined {
  const wrong = pieces.find((piece) => piece.modality !== "text" || typeof piece.text !== "string");
  if (!wrong) return undefined;
  return new PipitError("bad-input", {
    got: `a piece of modality ${String(wrong.modality)} holding ${typeof wrong.text}`,
    expected: 'pieces { modality: "text", text: string }',
    do: "Make pieces with textPiece, or use an embedder of that modality.",
  });
}
