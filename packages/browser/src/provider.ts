import type { BatchModel, Golden, ModelSource, TextModelSpec } from "@pipit/core";
import type { EncoderRecipe } from "@pipit/wasm/pack";
import type { openOnnxRuntime } from "./onnx.ts";
import type { ImproveOptions } from "./tab-engine.ts";

export interface LoaderModel {
  readonly spec: TextModelSpec;
  /** The model's fp32 vectors of some texts, which each device is checked against. */
  readonly golden: Golden;
  /** How the model is packed for the encoder kernel if no packed file is served. Loaded on demand. */
  readonly recipe?: () => Promise<EncoderRecipe>;
  /** Opens the runtime of a device. Default: ONNX Runtime for the web. */
  readonly runtime?: typeof openOnnxRuntime;
}

/** A model, and where its files and those of runtimes are. */
export interface Load extends LoaderModel {
  readonly models: string;
  readonly source: ModelSource;
  readonly ortUrl: string | undefined;
  readonly webgpu: "hardware" | "any" | "never";
  /** The most threads of the encoder kernel. */
  readonly threads: number | undefined;
}

/** An execution provider: one way to compute a model in this tab, a backend with its weights. */
export interface Provider {
  /** "webgpu fp32", "wasm kernel". */
  readonly name: string;
  readonly backend: "webgpu" | "wasm";
  /** Why this way cannot be tried, or undefined. */
  whyNot(load: Load): Promise<string | undefined>;
  /** The opened model, which is not proven yet. Rejects as the runtime and the sources of files do. */
  open(load: Load, options: ImproveOptions): Promise<BatchModel>;
}
