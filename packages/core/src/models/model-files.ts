import type { Producer } from "../ports/embedder.ts";

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

/** One of the files that hold a model's weights. */
export interface VariantSpec {
  readonly weights: ModelFile;
  readonly producer: Producer;
  /**
   * States which pieces may share a run without changing a bit of each other's vectors. "alone": one piece per run.
   * "same-length": only texts of one token count. "any": all.
   */
  readonly sharing: "alone" | "same-length" | "any";
  /** The encoder kernel's producer when it was packed from these weights. */
  readonly packedAs?: Producer;
}
