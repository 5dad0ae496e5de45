import type { Producer, TokenWindow } from "../ports/embedder.ts";
import type { Space } from "../space.ts";

export interface BatchShape {
  /** Rows times the tokens of the longest row, at most; one longer row still runs by itself. */
  readonly maxTokens: number;
  readonly maxRows: number;
}

/**
 * What a device does with one batch of texts; `createLane` makes an `Embedder` of it. Implemented by ONNX sessions, by
 * the encoder kernel and by whatever else computes text vectors.
 *
 * `run` is never called while another run is under way. It answers unit rows [texts, space.dimensions] in the order
 * given, each row's bits independent of the other rows. `signal` aborts when nobody waits for the batch any more: a
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
