import type { Modality, Piece } from "./embedder.ts";
import type { Locus, TextLocus } from "./locus.ts";

/** An input of models, and where it is in its file, as if that was the first medium of an entry. */
export interface PreparedPiece {
  readonly piece: Piece;
  readonly locus: Exclude<Locus, TextLocus>;
}

export interface PrepareOptions {
  /** SHA-256 (hex) of the file. */
  readonly digest: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes pieces of the files of one modality. The pieces of a file come one after another, as they are taken, so that a long one is never
 * whole in memory.
 *
 * `pieces` fails with `unsupported` (a file of another kind), `bad-media` (a damaged one), `bad-input` (one beyond a limit), `aborted`.
 */
export interface MediumPreparer {
  readonly modality: Modality;
  /** The media type of a file by its first bytes; undefined if it is of another modality. */
  typeOf(file: Uint8Array): string | undefined;
  pieces(file: Uint8Array, options: PrepareOptions): AsyncIterable<PreparedPiece>;
}
