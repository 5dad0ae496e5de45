import type { BatchModel } from "../embed/batch-model.ts";
import type { Golden } from "../models/golden-vectors.ts";
import type { FileProgress } from "../models/sources.ts";
import type { TextModelSpec } from "../models/text-model.ts";

/** A text model, and the vectors that every device is checked against. */
export interface LoadableModel {
  readonly spec: TextModelSpec;
  /** The fp32 vectors of some pieces. */
  readonly golden: Golden;
}

export interface LoadProgress {
  readonly stage: "download" | "pack" | "prove";
  /** Bytes for "download", layers for "pack"; 0 or 1 for "prove". */
  readonly done: number;
  readonly total?: number | undefined;
}

export interface LoadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  /** Called as `onProgress` for "download", with the file and its source. */
  readonly onFile?: ((progress: FileProgress) => void) | undefined;
}

/** An execution provider: one way to compute a model on this device, a backend with its weights. */
export interface ModelProvider {
  /** "webgpu fp32", "wasm kernel". */
  readonly name: string;
  readonly backend: string;
  /** The reason why this provider cannot be tried here, or undefined. */
  whyNot?(): Promise<string | undefined>;
  /** Opens the model, which is not proven yet. Rejects as the runtime and the sources of files do. */
  open(options: LoadOptions): Promise<BatchModel>;
}
