import type { Space } from "../space.ts";

/** How near a producer's vectors come to the space's own fp32 vectors: mean and least cosine over the reference texts. */
export interface Fidelity {
  readonly mean: number;
  readonly min: number;
}

/** Who computed a vector. Several producers may speak one space (fp32, q8, the starter); cache keys name the producer too. */
export interface Producer {
  /** For example "minilm-fp32", "minilm-q8", "starter". Together with the space it decides every bit of a vector. */
  readonly name: string;
  readonly fidelity: Fidelity;
}

/** What a model reads at once. Text today; the union grows with modalities. */
export interface Piece {
  readonly modality: "text";
  readonly text: string;
}

/** Higher runs first: a keystroke never waits behind bulk indexing. */
export type Priority = "query" | "bulk";

export interface EmbedOptions {
  /** "query" unless told. */
  readonly priority?: Priority;
  readonly signal?: AbortSignal | undefined;
}

/** Tells a piece's length in the model's own tokens, special tokens left out. */
export interface TokenWindow {
  /** Tokens of content the model reads at once, special tokens left out (254 for MiniLM). */
  readonly limit: number;
  count(text: string): number;
}

/**
 * Pieces in, unit vectors out, of one space.
 *
 * `embed` answers a row-major matrix [pieces, space.dimensions] of fresh memory that the caller owns (it may be transferred).
 * Row i belongs to piece i. Each row has unit L2 norm and is finite. The bits of a row depend on its piece and the
 * producer alone, never on its neighbours in the call.
 *
 * Fails with: `bad-input` (a piece of another modality), `aborted`, `closed`, `numbers-not-proven` (NaN, zero or wrong norm
 * came out: nothing is returned), `model-unavailable`, `remote-failed`.
 */
export interface Embedder {
  readonly space: Space;
  readonly producer: Producer;
  readonly window: TokenWindow;
  embed(pieces: readonly Piece[], options?: EmbedOptions): Promise<Float32Array<ArrayBuffer>>;
  close(): Promise<void>;
}

/** Documents take only producers at least this near to fp32 on average; queries take any. */
export const LEAST_DOCUMENT_FIDELITY = 0.985;
