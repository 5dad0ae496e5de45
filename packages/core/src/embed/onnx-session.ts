import { PipitError } from "../errors.ts";
import type { OnnxRuntime, OnnxSession, OnnxSessionOptions, OnnxTensor } from "./onnx-runtime.ts";

export type Tensors = Readonly<Record<string, OnnxTensor>>;

export interface SessionOptions {
  readonly runtime: OnnxRuntime;
  readonly weights: Uint8Array;
  /** Names the model in errors. */
  readonly name: string;
  readonly session?: OnnxSessionOptions | undefined;
}

/** Fails with `bad-model` for weights that the runtime refuses. */
export async function openSession({ runtime, weights, name, session }: SessionOptions): Promise<OnnxSession> {
  try {
    return await runtime.InferenceSession.create(weights, session);
  } catch (cause) {
    throw new PipitError("bad-model", {
      got: `${weights.length} bytes of ${name} that the runtime refuses`,
      expected: "an ONNX model that this device can run",
      do: "Fetch the file again, or choose another device; the cause says what the runtime said.",
      cause,
    });
  }
}

/** `read` sees the outputs before their memory goes back to the runtime, and so does that of the inputs. */
export async function runSession(
  session: OnnxSession,
  inputs: Tensors,
  read: (outputs: Tensors) => void,
): Promise<void> {
  let outputs: Tensors = {};
  try {
    outputs = await session.run(inputs);
    read(outputs);
  } finally {
    disposeAll(inputs);
    disposeAll(outputs);
  }
}

/** The values of an output. Throws `bad-model` if it is missing or of another shape. */
export function floatsOf(outputs: Tensors, name: string, expected: readonly number[]): Float32Array {
  const output = outputs[name];
  if (output?.data instanceof Float32Array && String(output.dims) === String(expected)) return output.data;
  throw new PipitError("bad-model", {
    got: output ? `${name} of shape [${output.dims}]` : `the outputs ${Object.keys(outputs).join(", ")}`,
    expected: `${name}, float32 [${expected}]`,
    do: "Use the export that belongs to the model's registry entry.",
  });
}

function disposeAll(tensors: Tensors): void {
  for (const tensor of Object.values(tensors)) tensor.dispose();
}
