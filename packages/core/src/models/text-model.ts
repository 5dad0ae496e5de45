import type { Space } from "../space.ts";
import type { FileDigest, ModelFile, ModelVariant, VariantSpec } from "./model-files.ts";

export type * from "./model-files.ts";

/** A text encoder in the hub's layout: L2-normalized, truncated on the right, before the last special token. */
export interface TextModelSpec {
  /** Owner and name on the public hub; its last part names the folder in a mirror. */
  readonly hubName: string;
  readonly space: Space;
  /** Tokens the model reads at once, the special tokens counted. */
  readonly maxTokens: number;
  /** The tokens around a text, if there are any. */
  readonly specialTokens: { readonly first?: string; readonly last?: string };
  /** Rules that a text meets before the tokenizer. Default "bert", which also evens out differences between tokenizers; "none" for others. */
  readonly rules?: "bert" | "none";
  /** Every text is filled up to `maxTokens` with this token, as the model was trained. */
  readonly padding?: string;
  /**
   * The vector: the mean of the last hidden states, the first of them, or the output that the model computes itself.
   */
  readonly pooling: "mean" | "first-token" | OwnPooling;
  readonly tokenizer: ModelFile;
  readonly variants: { readonly [V in ModelVariant]?: VariantSpec };
}

export interface OwnPooling {
  /** Name of the output, [rows, dimensions]: "text_embeds". */
  readonly output: string;
}

/** The bytes of one variant, as `openModelFiles` returns them. */
export interface ModelFiles {
  readonly tokenizer: Uint8Array;
  readonly weights: Uint8Array;
  /** The accepted digest that the weights have; undefined when the spec names none. */
  readonly weightsDigest?: FileDigest | undefined;
}
