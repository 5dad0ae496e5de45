import type { Space } from "../space.ts";
import type { TextRange } from "./evidence.ts";
import type { Picture } from "./picture.ts";
import type { WordMeanings } from "./word-meanings.ts";

/** The closeness of a producer's vectors to the space's fp32 vectors: mean and least cosine over the reference texts. */
export interface Fidelity {
  readonly mean: number;
  readonly min: number;
}

/** A program that computes vectors. A space may have several producers (fp32, q8, the starter); cache keys name the producer too. */
export interface Producer {
  /** For example "minilm-fp32", "minilm-q8", "starter". Together with the space it decides every bit of a vector. */
  readonly name: string;
  readonly fidelity: Fidelity;
}

/** A text as a model reads it. */
export interface TextPiece {
  readonly modality: "text";
  readonly text: string;
}

/** A picture as it was decoded. Each model resizes it as it was trained. */
export interface PicturePiece {
  readonly modality: "picture";
  readonly picture: Picture;
  /** SHA-256 (hex) that no other picture has: of its file, or of its pixels. Caches and lanes compare pictures by it. */
  readonly digest: string;
}

/** An input of a model, by modality. */
export type Piece = TextPiece | PicturePiece;
export type Modality = Piece["modality"];

/** Queries run before bulk work, so that a search does not wait for indexing. */
export type Priority = "query" | "bulk";

export interface EmbedOptions {
  /** Default "query". */
  readonly priority?: Priority;
  readonly signal?: AbortSignal | undefined;
}

/** Measures a text in the model's own tokens, without special tokens. */
export interface TokenWindow {
  /** Tokens of content that the model reads at once, without special tokens (254 for MiniLM). */
  readonly limit: number;
  count(text: string): number;
}

/** Identity of token vectors: those of two ids are never compared. */
export interface TokenSpace {
  /** 32 hex digits: a hash over the model's space and the projection. */
  readonly id: string;
  /** A multiple of 8. */
  readonly dimensions: number;
}

/** The forms of token vectors: those of documents are cut to a bit a dimension, those of queries are floats. */
export interface TokenForms {
  /** [tokens][dimensions / 8], as `TokenBits` has them. */
  readonly bits: Uint8Array<ArrayBuffer>;
  /** [tokens][dimensions], unit rows. */
  readonly floats: Float32Array<ArrayBuffer>;
}
export type TokenForm = keyof TokenForms;

/** Vectors of pieces and of their tokens, from one pass of the model. */
export interface EmbeddedTokens<Form extends TokenForm> {
  /** [pieces, space.dimensions], the bits that `embed` returns. */
  readonly vectors: Float32Array<ArrayBuffer>;
  /** Of all pieces, one after another. */
  readonly tokens: TokenForms[Form];
  /** Of each piece the number of its tokens, without special ones. */
  readonly counts: readonly number[];
}

/**
 * Pieces in, unit vectors out, of one space.
 *
 * `embed` returns a row-major matrix [pieces, space.dimensions] in new memory that the caller owns (it may be transferred).
 * Row i belongs to piece i. Each row has unit L2 norm and is finite. The bits of a row depend on its piece and the
 * producer alone, never on its neighbours in the call.
 *
 * Fails with: `bad-input` (a piece of another modality), `aborted`, `closed`, `numbers-not-proven` (the model computed NaN, zero
 * or a wrong norm), `model-unavailable`, `remote-failed`.
 */
export interface Embedder {
  readonly space: Space;
  readonly producer: Producer;
  /** The modalities of pieces that it reads. Absent: texts alone. */
  readonly reads?: readonly Modality[] | undefined;
  /** Of texts. Missing from an embedder that reads none. */
  readonly window?: TokenWindow | undefined;
  /** False while its model is not loaded: its first call loads it. Absent where there is nothing to load. */
  readonly isLoaded?: boolean | undefined;
  /** Vectors of single English words, where they need no computing. */
  readonly meanings?: WordMeanings | undefined;
  embed(pieces: readonly Piece[], options?: EmbedOptions): Promise<Float32Array<ArrayBuffer>>;
  /** Missing where no token vectors are made. */
  readonly tokens?: TokenEmbedder | undefined;
  close(): Promise<void>;
}

/** As its `Embedder`, with the same promises and failures, and in the same pass a vector for each token of a piece. */
export interface TokenEmbedder {
  readonly space: TokenSpace;
  embed<Form extends TokenForm>(
    pieces: readonly Piece[],
    form: Form,
    options?: EmbedOptions,
  ): Promise<EmbeddedTokens<Form>>;
  /** Of each token that `embed` makes of a text, the range of the word or sign that it is a part of. */
  ranges(text: string): readonly TextRange[];
}

/** The least mean cosine to fp32 that suffices for documents. Queries take any producer. */
export const LEAST_DOCUMENT_FIDELITY = 0.985;
