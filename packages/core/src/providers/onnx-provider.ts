import { createOnnxTextModel } from "../embed/onnx-model.ts";
import type { OnnxRuntime, OnnxSessionOptions } from "../embed/onnx-runtime.ts";
import { type ModelSource, openModelFiles } from "../models/sources.ts";
import type { OnnxVariant } from "../models/text-model.ts";
import { findProjection, type ProjectionSearch } from "./find-projection.ts";
import type { ModelProvider } from "./provider.ts";
import { readingOf } from "./reading.ts";

export interface OnnxProviderOptions extends Pick<ModelProvider, "name" | "backend" | "whyNot">, ProjectionSearch {
  readonly variant: OnnxVariant;
  readonly sources: readonly ModelSource[];
  /** Loads ONNX Runtime on first use, because the library is large. */
  runtime(): Promise<OnnxRuntime>;
  readonly session?: OnnxSessionOptions;
}

/** ONNX Runtime on one device, with one of the model's files. */
export function onnxProvider(options: OnnxProviderOptions): ModelProvider {
  const { name, backend, spec, variant, sources, session } = options;
  return {
    name,
    backend,
    async whyNot() {
      return spec.variants[variant] ? options.whyNot?.() : `the model has no ${variant}`;
    },
    async open(loading) {
      const files = await openModelFiles(sources, { spec, variant }, readingOf(loading));
      const { projection, whyNoTokens } = await findProjection(options, loading.signal);
      const runtime = await options.runtime();
      const model = await createOnnxTextModel({
        runtime,
        spec,
        variant,
        files,
        projection,
        ...(session && { session }),
      });
      return { ...model, whyNoTokens };
    },
  };
}
