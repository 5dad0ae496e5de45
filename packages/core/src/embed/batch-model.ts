import type { Producer, TokenWindow } from "../ports/embedder.ts";
import type { Space } from "../space.ts";

export interface BatchShape {
  /** The upper limit of rows times the tokens of the longest row; a single row above it still runs by itself. */
  readonly maxTokens: number;
  readonly maxRows: number;
}

/**
 * Computes the vectors of one batch of texts on one device. `createLane` makes an `Embedder` of it. ONNX sessions and the encoder
 * kernel implement it.
 *
 * `run` is never called while another run is under way. It returns unit rows [texts, space.dimensions] in the order
 * given; each row's bits are independent of the other rows. `signal` aborts when no caller waits for the batch any more. A
 * model that can stop early rejects with `aborted`, others may ignore it.
 */
export interface BatchModel {
  readonly space: Space;
  readonly producer: Producer;
  readonly window: TokenWindow;
  readonly batchShape: BatchShape;
  run(texts: readonly string[], signal: AbortSignal): Promise<Float32Array<ArrayBuffer>>;
  close(): Promise<void>;
}
