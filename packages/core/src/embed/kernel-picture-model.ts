import { modelInput, type PictureModelSpec } from "../models/picture-model.ts";
import { picturesOf } from "../pieces.ts";
import { assertSameSpace } from "../space.ts";
import type { BatchModel, BatchShape } from "./batch-model.ts";
import type { TokenEncoder } from "./kernel-model.ts";

/** Computes vectors of pictures: an encoder of `@pipit/wasm`, passed in. */
export interface PictureEncoder extends Pick<TokenEncoder, "about" | "threads" | "close"> {
  /** Pictures [count][3][size][size], prepared for the model, to unit rows [count, dimensions], whose bits do not depend on their neighbors. */
  encodePictures(input: Float32Array, signal?: AbortSignal): Promise<Float32Array<ArrayBuffer>>;
}

export interface KernelPictureModelOptions {
  readonly encoder: PictureEncoder;
  readonly spec: PictureModelSpec;
  /** Default: two pictures per thread. Larger batches take the same time per picture, and a query would wait longer. */
  readonly batchShape?: BatchShape | undefined;
}

const ROWS = 2;

/** An encoder of pictures on the encoder kernel. Fails with `space-mismatch` if the packed file is of another space; it is closed then. */
export function createKernelPictureModel({ encoder, spec, batchShape }: KernelPictureModelOptions): BatchModel {
  const { space, producer } = encoder.about;
  const { threads = 1 } = encoder;
  try {
    assertSameSpace(space, spec.space);
  } catch (error) {
    encoder.close();
    throw error;
  }
  return {
    space: spec.space,
    producer,
    modality: "picture",
    batchShape: batchShape ?? { maxTokens: ROWS * threads * spec.tokens, maxRows: ROWS * threads },
    cost: () => spec.tokens,
    run: async (pieces, signal) => encoder.encodePictures(modelInput(picturesOf(pieces), spec), signal),
    close: async () => encoder.close(),
  };
}
