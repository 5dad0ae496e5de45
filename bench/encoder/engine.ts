import type { EncoderBuild } from "@pipit/wasm";

/** The input of one call: rows of token ids, texts, or the pixels of pictures one after another. */
export type Asked = readonly (readonly number[])[] | readonly string[] | Float32Array;

/** Turns inputs into unit vectors, row-major, on one thread. */
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

/** Determines the inputs of a model's graph and the way from its output to a vector. */
export type ModelKind = "minilm" | "clip-text" | "clip-picture";

/** A model's files in each of the forms that engines read. */
export interface ModelFiles {
  readonly kind: ModelKind;
  readonly packed: string;
  readonly q8: string;
  readonly fp32?: string;
  readonly tokenizer?: string;
}

/** A model's file; the engine itself reads it unless its bytes are given. */
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
