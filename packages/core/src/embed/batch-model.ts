import type {
  EmbeddedTokens,
  Modality,
  Piece,
  Producer,
  TokenForm,
  TokenSpace,
  TokenWindow,
} from "../ports/embedder.ts";
import type { TextRange } from "../ports/evidence.ts";
import type { Space } from "../space.ts";

export interface BatchShape {
  /** The upper limit of rows times the tokens of the longest row; a single row above it still runs by itself. */
  readonly maxTokens: number;
  readonly maxRows: number;
}

/**
 * Computes the vectors of one batch of pieces of one modality on one device. `createLane` makes an `Embedder` of it. ONNX sessions and the encoder
 * kernel implement it.
 *
 * `run` is never called while another run is under way. It returns unit rows [pieces, space.dimensions] in the order
 * given; each row's bits are independent of the other rows. `signal` aborts when no caller waits for the batch any more. A
 * model that can stop early rejects with `aborted`, others may ignore it.
 */
export interface BatchModel {
  readonly space: Space;
  readonly producer: Producer;
  readonly modality: Modality;
  /** Of texts. Missing from a model of another modality. */
  readonly window?: TokenWindow | undefined;
  readonly batchShape: BatchShape;
  /** The tokens that a run computes for the piece; of a picture its patches. Pieces of like cost share a batch. */
  readonly cost: (piece: Piece) => number;
  run(pieces: readonly Piece[], signal: AbortSignal): Promise<Float32Array<ArrayBuffer>>;
  /** Missing from models that make no token vectors. */
  readonly tokens?: TokenModel | undefined;
  /** The reason why it makes none although it was to. */
  readonly whyNoTokens?: string | undefined;
  close(): Promise<void>;
}

/** Computes vectors of texts and of their tokens in one pass; a `run` as that of its `BatchModel`, with the same promises. */
export interface TokenModel {
  readonly space: TokenSpace;
  run<Form extends TokenForm>(pieces: readonly Piece[], form: Form, signal: AbortSignal): Promise<EmbeddedTokens<Form>>;
  /** As those of `TokenEmbedder`. */
  ranges(text: string): readonly TextRange[];
}
