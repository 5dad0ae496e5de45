import { PipitError } from "./errors.ts";
import type { Modality, Piece } from "./ports/embedder.ts";
import type { Picture } from "./ports/picture.ts";

/** The reason why an embedder that reads these modalities refuses the pieces, or undefined when it reads them all. */
export function whyNotPieces(pieces: readonly Piece[], reads: readonly Modality[] = ["text"]): PipitError | undefined {
  const wrong = pieces.find((piece) => !(reads.includes(piece.modality) && isWhole(piece)));
  if (!wrong) return undefined;
  return new PipitError("bad-input", {
    got: `a piece of modality ${String(wrong.modality)} holding ${held(wrong)}`,
    expected: `pieces of ${reads.join(" or ")}, as textPiece and picturePiece make them`,
    do: "Use an embedder that reads this modality.",
  });
}

/** The part of a piece that decides its vector: its text, or the digest of its pixels. */
export function contentOf(piece: Piece): string {
  return piece.modality === "text" ? piece.text : piece.digest;
}

/** The texts of pieces that a model of texts was given. Throws `bad-input` for another modality. */
export function textsOf(pieces: readonly Piece[]): string[] {
  return pieces.map((piece) => {
    if (piece.modality !== "text") throw whyNotPieces([piece], ["text"])!;
    return piece.text;
  });
}

/** The pictures of pieces that a model of pictures was given. Throws `bad-input` for another modality. */
export function picturesOf(pieces: readonly Piece[]): Picture[] {
  return pieces.map((piece) => {
    if (piece.modality !== "picture") throw whyNotPieces([piece], ["picture"])!;
    return piece.picture;
  });
}

function isWhole(piece: Piece): boolean {
  if (piece.modality === "text") return typeof piece.text === "string";
  const { picture, digest } = piece;
  return typeof digest === "string" && picture?.pixels?.length === (picture?.width ?? 0) * (picture?.height ?? 0) * 3;
}

function held(piece: Piece): string {
  if (piece.modality === "text") return typeof piece.text;
  return piece.picture?.pixels ? `${piece.picture.pixels.length} bytes of pixels` : "no pixels";
}
