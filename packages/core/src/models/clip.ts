import type { ModelLogits } from "../ports/model-logits.ts";
import { CLIP_PICTURES } from "../prepare/pictures/picture-input.ts";
import type { Space } from "../space.ts";
import { spaceOf } from "../space.ts";
import type { ModelFile, ModelVariant, VariantSpec } from "./model-files.ts";
import type { PictureModelSpec } from "./picture-model.ts";
import type { TextModelSpec } from "./text-model.ts";

/**
 * Version of all steps between a picture or a text and the input of a CLIP model: Pillow's bicubic resizing and a crop of the middle,
 * published means; the tokenizer's own rules. It is part of the space.
 */
export const CLIP_PREPROCESSING = "clip-1";

export interface ClipParts {
  readonly name: string;
  /** Owner and name on the public hub. */
  readonly hubName: string;
  /** SHA-256 (hex) of the fp32 weights: of texts, then of pictures. */
  readonly weights: readonly [text: string, picture: string];
  readonly tokenizer: ModelFile;
  /** SHA-256 (hex) of the tokenizer file. */
  readonly tokenizerDigest: string;
  /** Of the joined space. */
  readonly dimensions: number;
  /** Scale, and bias if it has one, that it was trained with: the exponential of `logit_scale`, and `logit_bias`. */
  readonly logits: Omit<ModelLogits, "right">;
  /** Pixels of a patch's side. */
  readonly patch: number;
  readonly texts: { readonly [V in ModelVariant]?: VariantSpec };
  readonly pictures: { readonly [V in ModelVariant]?: VariantSpec };
}

/** The two encoders of a CLIP model in the hub's layout, which load apart and share a space. */
export interface ClipModel {
  readonly space: Space;
  readonly logits: ModelLogits;
  readonly text: TextModelSpec;
  readonly picture: PictureModelSpec;
}

/** Texts longer than 77 tokens keep their end token, at which CLIP reads its vector. */
export function clipModel({ name, hubName, weights, tokenizer, tokenizerDigest, ...parts }: ClipParts): ClipModel {
  const space = spaceOf({
    name,
    weights: weights.join(" "),
    tokenizer: tokenizerDigest,
    preprocessing: CLIP_PREPROCESSING,
    pooling: "none",
    normalization: "l2",
    dimensions: parts.dimensions,
  });
  return {
    space,
    logits: { ...parts.logits, right: "one" },
    text: {
      ...{ hubName, space, tokenizer },
      maxTokens: 77,
      specialTokens: { first: "<|startoftext|>", last: "<|endoftext|>" },
      rules: "none",
      pooling: { output: "text_embeds" },
      variants: parts.texts,
    },
    picture: {
      ...{ hubName, space },
      preprocessing: CLIP_PICTURES,
      output: "image_embeds",
      tokens: (CLIP_PICTURES.size / parts.patch) ** 2 + 1,
      variants: parts.pictures,
    },
  };
}
