import { createOnnxPictureModel } from "../embed/onnx-picture-model.ts";
import type { PictureModelSpec } from "../models/picture-model.ts";
import { openModelFile } from "../models/sources.ts";
import { variantOf } from "../models/variant-of.ts";
import type { OnnxProviderOptions } from "./onnx-provider.ts";
import type { ModelProvider } from "./provider.ts";
import { readingOf } from "./reading.ts";

export interface OnnxPictureProviderOptions
  extends Pick<OnnxProviderOptions, "name" | "backend" | "whyNot" | "variant" | "sources" | "runtime" | "session"> {
  readonly spec: PictureModelSpec;
}

/** The encoder of pictures on ONNX Runtime on one device, with one of the model's files. */
export function onnxPictureProvider(options: OnnxPictureProviderOptions): ModelProvider {
  const { name, backend, spec, variant, sources, session } = options;
  return {
    name,
    backend,
    async whyNot() {
      return spec.variants[variant] ? options.whyNot?.() : `the model has no ${variant}`;
    },
    async open(loading) {
      const { weights: file } = variantOf(spec, variant);
      const { bytes, digest } = await openModelFile(sources, { spec, file }, readingOf(loading));
      const runtime = await options.runtime();
      return createOnnxPictureModel({
        ...{ runtime, spec, variant, weights: bytes, weightsDigest: digest },
        ...(session && { session }),
      });
    },
  };
}
