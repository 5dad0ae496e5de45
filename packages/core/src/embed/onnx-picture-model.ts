import { throwIfAborted } from "../errors.ts";
import type { FileDigest, OnnxVariant } from "../models/model-files.ts";
import { modelInput, type PictureModelSpec } from "../models/picture-model.ts";
import { producerOf } from "../models/producer-of.ts";
import { variantOf } from "../models/variant-of.ts";
import { picturesOf } from "../pieces.ts";
import type { Picture } from "../ports/picture.ts";
import type { BatchModel, BatchShape } from "./batch-model.ts";
import { poolRow } from "./mean-pool.ts";
import type { OnnxRuntime, OnnxSession, OnnxSessionOptions } from "./onnx-runtime.ts";
import { floatsOf, openSession, runSession } from "./onnx-session.ts";

export interface OnnxPictureModelOptions {
  readonly runtime: OnnxRuntime;
  readonly spec: PictureModelSpec;
  readonly variant: OnnxVariant;
  readonly weights: Uint8Array;
  /** The accepted digest that the weights have. */
  readonly weightsDigest?: FileDigest | undefined;
  readonly session?: OnnxSessionOptions;
  /** For a variant whose pictures may share runs. Default: four pictures. */
  readonly batchShape?: BatchShape;
}

const ROWS = 4;

/**
 * An encoder of pictures on an ONNX runtime that is passed in. Pictures are resized to the model's size here, in the thread that calls.
 * Fails as `createOnnxTextModel` does.
 */
export async function createOnnxPictureModel(options: OnnxPictureModelOptions): Promise<BatchModel> {
  const { runtime, spec, weights, weightsDigest } = options;
  const variant = variantOf(spec, options.variant);
  const name = `${spec.hubName} ${options.variant}`;
  const session = await openSession({ runtime, weights, name, session: options.session });
  const rows = variant.sharing === "alone" ? 1 : ROWS;
  const shape = { maxTokens: rows * spec.tokens, maxRows: rows };
  return {
    space: spec.space,
    producer: producerOf(variant.producer, variant, weightsDigest),
    modality: "picture",
    batchShape: rows === 1 ? shape : (options.batchShape ?? shape),
    cost: () => spec.tokens,
    run: (pieces, signal) => runPictures({ runtime, session, spec, rows }, picturesOf(pieces), signal),
    close: () => session.release(),
  };
}

interface OpenModel {
  readonly runtime: OnnxRuntime;
  readonly session: OnnxSession;
  readonly spec: PictureModelSpec;
  /** Pictures of one run. */
  readonly rows: number;
}

async function runPictures(model: OpenModel, pictures: readonly Picture[], signal: AbortSignal) {
  const { dimensions } = model.spec.space;
  const out = new Float32Array(pictures.length * dimensions);
  for (let from = 0; from < pictures.length; from += model.rows) {
    throwIfAborted(signal);
    const part = pictures.slice(from, from + model.rows);
    await runTogether(model, part, out.subarray(from * dimensions));
  }
  return out;
}

async function runTogether({ runtime, session, spec }: OpenModel, pictures: readonly Picture[], out: Float32Array) {
  const [rows, { size }, { dimensions }] = [pictures.length, spec.preprocessing, spec.space];
  const input = new runtime.Tensor("float32", modelInput(pictures, spec), [rows, 3, size, size]);
  await runSession(session, { [session.inputNames[0]!]: input }, (outputs) => {
    const data = floatsOf(outputs, spec.output, [rows, dimensions]);
    for (let row = 0; row < rows; row += 1) {
      poolRow({ data, rows, tokens: 1, dimensions }, row, out, row * dimensions);
    }
  });
}
