import type { EncoderBuild } from "@pipit/wasm";

/** What one call is given: rows of token ids, texts, or the pixels of pictures one after another. */
export type Asked = readonly (readonly number[])[] | readonly string[] | Float32Array;

/** Inputs to unit vectors, row-major, on one thread. */
export interface Engine {
  embed(asked: Asked): Promise<Float32Array>;
}

export type EngineName =
  | `kernel-${EncoderBuild}`
  | "kernel"
  | "ort-web-q8"
  | "ort-web-fp32"
  | "ort-node-q8"
  | "ort-node-fp32"
  | "transformers";

/** Which inputs a model's graph has and how its answer becomes a vector. */
export type ModelKind = "minilm" | "clip-text" | "clip-picture";

/** A model's files in each of the forms that engines read. */
export interface ModelFiles {
  readonly kind: ModelKind;
  readonly packed: string;
  readonly q8: string;
  readonly fp32?: string;
  readonly tokenizer?: string;
}

/** A model's file: read by the engine itself unless its bytes are there already. */
export interface ModelFile {
  readonly path: string;
  readonly bytes?: Uint8Array | undefined;
}

export function fileFor(name: EngineName, files: ModelFiles): string {
  if (name.startsWith("kernel")) return files.packed;
  if (!name.endsWith("fp32")) return files.q8;
  if (files.fp32) return files.fp32;
  throw new Error(`got no fp32 file for ${name}, expected one. Name it among the model's files.`);
}
