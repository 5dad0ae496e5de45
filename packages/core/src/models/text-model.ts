import type { Producer } from "../ports/embedder.ts";
import type { Space } from "../space.ts";

/** Files that hold a model: for ONNX Runtime, or packed for the encoder kernel. */
export type ModelVariant = OnnxVariant | "packed";
export type OnnxVariant = "fp32" | "q8";

export interface FileDigest {
  /** SHA-256, 64 hex digits. */
  readonly sha256: string;
  readonly bytes: number;
}

export interface ModelFile {
  /** Inside the model's folder: "tokenizer.json", "onnx/model.onnx". */
  readonly path: string;
  /** Digests that are accepted; an empty list accepts any bytes (models made by tests). The first is the measured file's. */
  readonly accepts: readonly FileDigest[];
}

export interface TextModelVariant {
  readonly weights: ModelFile;
  readonly producer: Producer;
  /**
   * States which texts may share a run without changing a bit of each other's vectors. "alone": one text per run.
   * "same-length": only texts of one token count. "any": all.
   */
  readonly sharing: "alone" | "same-length" | "any";
  /** The encoder kernel's producer when it was packed from these weights. */
  readonly packedAs?: Producer;
}

/** A BERT-like text encoder in the hub's layout: mean-pooled, L2-normalized, truncated on the right. */
export interface TextModelSpec {
  /** Owner and name on the public hub; its last part names the folder in a mirror. */
  readonly hubName: string;
  readonly space: Space;
  /** Tokens the model reads at once, the two special tokens counted. */
  readonly maxTokens: number;
  readonly specialTokens: { readonly first: string; readonly last: string };
  readonly pooling: "mean";
  readonly tokenizer: ModelFile;
  readonly variants: { readonly [V in ModelVariant]?: TextModelVariant };
}

/** The bytes of one variant, as `openModelFiles` returns them. */
export interface ModelFiles {
  readonly tokenizer: Uint8Array;
  readonly weights: Uint8Array;
  /** The accepted digest that the weights have; undefined when the spec names none. */
  readonly weightsDigest?: FileDigest | undefined;
}
