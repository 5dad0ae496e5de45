import { PipitError, throwIfAborted } from "../errors.ts";
import type { PictureClassifierSpec } from "../models/classifier-model.ts";
import type { OnnxVariant } from "../models/model-files.ts";
import { modelInput } from "../models/picture-model.ts";
import { variantOf } from "../models/variant-of.ts";
import type { Picture } from "../ports/picture.ts";
import type { OnnxRuntime, OnnxSessionOptions } from "./onnx-runtime.ts";
import { floatsOf, openSession, runSession } from "./onnx-session.ts";

export interface PictureClassifierOptions {
  readonly runtime: OnnxRuntime;
  readonly spec: PictureClassifierSpec;
  readonly variant: OnnxVariant;
  readonly weights: Uint8Array;
  /** The file of labels. */
  readonly labels: Uint8Array;
  readonly session?: OnnxSessionOptions;
}

export interface NamedLabel {
  readonly label: string;
  /** 0 to 1. Those of all labels sum up to 1. */
  readonly probability: number;
}

export interface PictureClassifier {
  /** In the order of the model's output. */
  readonly labels: readonly string[];
  /** The `most` probable labels, the best first; none if the picture most probably shows nothing that the model knows. Default 5. */
  classify(
    picture: Picture,
    options?: { readonly most?: number; readonly signal?: AbortSignal },
  ): Promise<NamedLabel[]>;
  close(): Promise<void>;
}

const MOST = 5;

/** Fails with `model-unavailable` and `bad-model` as `createOnnxTextModel` does, and with `bad-model` for another number of labels, when it classifies. */
export async function createPictureClassifier(options: PictureClassifierOptions): Promise<PictureClassifier> {
  const { runtime, spec, weights } = options;
  variantOf(spec, options.variant);
  const labels = labelsIn(options.labels, spec);
  const name = `${spec.hubName} ${options.variant}`;
  const session = await openSession({ runtime, weights, name, session: options.session });
  const { size, layout } = spec.preprocessing;
  const dims = layout === "interleaved" ? [1, size, size, 3] : [1, 3, size, size];
  return {
    labels,
    async classify(picture, { most = MOST, signal } = {}) {
      throwIfAborted(signal);
      const input = new runtime.Tensor("float32", modelInput([picture], spec), dims);
      let scores: Float32Array = new Float32Array();
      await runSession(session, { [session.inputNames[0]!]: input }, (outputs) => {
        scores = floatsOf(outputs, spec.output, [1, labels.length]).slice();
      });
      throwIfAborted(signal);
      const named = labels.map((label, at) => ({ label, probability: scores[at]! }));
      named.sort((a, b) => b.probability - a.probability);
      return named[0]!.label === spec.nothing ? [] : named.slice(0, most);
    },
    close: () => session.release(),
  };
}

function labelsIn(file: Uint8Array, { hubName, nothing }: PictureClassifierSpec): string[] {
  const labels = new TextDecoder().decode(file).trimEnd().split(/\r?\n/);
  if (nothing === undefined || labels.includes(nothing)) return labels;
  throw new PipitError("bad-model", {
    got: `labels of ${hubName} without ${JSON.stringify(nothing)}`,
    expected: "the labels that belong to the model",
    do: "Fetch the model's files again.",
  });
}
