import { SIGLIP_PICTURES } from "../prepare/pictures/picture-input.ts";
import { spaceOf } from "../space.ts";
import type { ClipModel, ClipParts } from "./clip.ts";

/**
 * Version of all steps between a picture or a text and the input of a SigLIP model: Pillow's bicubic resizing of both sides, values of -1 to
 * 1; the tokenizer's own rules (lower case, no punctuation), and every text filled up to 64 tokens. It is part of the space.
 */
export const SIGLIP_PREPROCESSING = "siglip-1";

export interface SiglipParts extends ClipParts {
  /** The token that texts are filled up with. Default "</s>", as the published models were trained. */
  readonly padding?: string;
}

/** The two encoders of a SigLIP model in the hub's layout. Texts that are not filled up get vectors far from those that were trained. */
export function siglipModel({ name, hubName, weights, tokenizer, tokenizerDigest, ...parts }: SiglipParts): ClipModel {
  const { padding = "</s>" } = parts;
  const space = spaceOf({
    name,
    weights: weights.join(" "),
    tokenizer: tokenizerDigest,
    preprocessing: `${SIGLIP_PREPROCESSING} ${padding}`,
    pooling: "none",
    normalization: "l2",
    dimensions: parts.dimensions,
  });
  return {
    space,
    logits: { ...parts.logits, right: "each" },
    text: {
      ...{ hubName, space, tokenizer },
      maxTokens: 64,
      specialTokens: { last: "</s>" },
      rules: "none",
      padding,
      pooling: { output: "pooler_output" },
      variants: parts.texts,
    },
    picture: {
      ...{ hubName, space },
      preprocessing: SIGLIP_PICTURES,
      output: "pooler_output",
      tokens: (SIGLIP_PICTURES.size / parts.patch) ** 2,
      variants: parts.pictures,
    },
  };
}
