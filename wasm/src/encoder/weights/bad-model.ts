import { PipitError } from "@pipit/core";

/** The error of every reader here for a file that it cannot read. */
export function badModel(got: string, expected: string): PipitError {
  return new PipitError("bad-model", {
    got,
    expected,
    do: "Fetch the model's file again, or choose another of its files: model.safetensors, or an ONNX file that holds its weights.",
  });
}
