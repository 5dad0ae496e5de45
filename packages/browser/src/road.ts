import type { BatchModel, Golden, ModelSource, TextModelSpec } from "@pipit/core";
import type { EncoderRecipe } from "@pipit/wasm/pack";
import type { openOnnxRuntime } from "./onnx.ts";
import type { ImproveOptions } from "./tab-engine.ts";

export interface LoaderModel {
  readonly spec: TextModelSpec;
  /** What the model answers in fp32, to prove each device by. */
  readonly golden: Golden;
  /** How the model is packed for the encoder kernel, where no packed file is served; loaded when asked for. */
  readonly recipe?: () => Promise<EncoderRecipe>;
  /** Opens the runtime of a device; ONNX Runtime for the web unless told. */
  readonly runtime?: typeof openOnnxRuntime;
}

/** A model and where its files and those of runtimes lie. */
export interface Load extends LoaderModel {
  readonly models: string;
  readonly source: ModelSource;
  readonly ortUrl: string | undefined;
  readonly webgpu: "hardware" | "any" | "never";
  /** At most, where the encoder kernel computes. */
  readonly threads: number | undefined;
}

/** One way to compute a model in this tab. */
export interface Road {
  /** "webgpu fp32", "wasm kernel". */
  readonly name: string;
  readonly backend: "webgpu" | "wasm";
  /** Why this way is not to be tried, or undefined. */
  whyNot(load: Load): Promise<string | undefined>;
  /** Not proven yet. Rejects as the runtime and the sources of files do. */
  open(load: Load, options: ImproveOptions): Promise<BatchModel>;
}
