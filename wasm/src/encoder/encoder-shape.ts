import { PipitError } from "@pipit/core";

/**
 * A transformer encoder as data: the choices in which families differ, and its sizes. BERT and similar models norm after each
 * block and read tokens; CLIP's towers norm before, its text tower is causal, its picture tower reads patches.
 */
export interface EncoderShape {
  readonly input: "tokens" | "patches";
  readonly norm: "after" | "before";
  readonly attention: "all" | "causal";
  readonly activation: "gelu" | "quick-gelu";
  /** Which rows become the vector: the mean of all, the first one, or the last one. */
  readonly pooling: "mean" | "first" | "last";
  /** Whether a norm follows the embeddings (BERT, CLIP's picture tower). */
  readonly embeddingNorm: "yes" | "no";
  /** Number of values of a row. */
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Number of values of a row between a block's two matrices. */
  readonly inner: number;
  /** Rows of the table of tokens; 0 for patches. */
  readonly vocabulary: number;
  /** The most rows of a text or picture. */
  readonly positions: number;
  /** Pixels of a patch's side and of a picture's; 0 for tokens. */
  readonly patch: number;
  readonly picture: number;
  /** Dimensions of the vector that a projection makes; 0 without one. */
  readonly projection: number;
  /** Added to the variance by LayerNorm. */
  readonly epsilon: number;
}

const CHOICES = {
  input: ["tokens", "patches"],
  norm: ["after", "before"],
  attention: ["all", "causal"],
  activation: ["gelu", "quick-gelu"],
  pooling: ["mean", "first", "last"],
  embeddingNorm: ["no", "yes"],
} as const;
const CHOSEN = Object.keys(CHOICES) as (keyof typeof CHOICES)[];
const SIZES = [
  "width",
  "layers",
  "heads",
  "inner",
  "vocabulary",
  "positions",
  "patch",
  "picture",
  "projection",
] as const;

/** A shape as the numbers of a file, in the order of CHOICES and SIZES. */
export function shapeWords(shape: EncoderShape): number[] {
  const chosen = CHOSEN.map((name) => (CHOICES[name] as readonly string[]).indexOf(shape[name]));
  return [...chosen, ...SIZES.map((name) => shape[name])];
}

/** The inverse of `shapeWords`, or why the words are no shape that the kernel computes. */
export function shapeOf(words: readonly number[], epsilon: number): EncoderShape | { readonly why: string } {
  if (words.length !== CHOSEN.length + SIZES.length) return { why: `${words.length} words of shape` };
  const unknown = CHOSEN.find((name, i) => CHOICES[name][words[i]!] === undefined);
  if (unknown) return { why: `${unknown} number ${words[CHOSEN.indexOf(unknown)]}` };
  const chosen = CHOSEN.map((name, i) => [name, CHOICES[name][words[i]!]]);
  const sizes = SIZES.map((name, i) => [name, words[CHOSEN.length + i]]);
  const shape = { ...Object.fromEntries([...chosen, ...sizes]), epsilon } as EncoderShape;
  const why = whyNotShape(shape);
  return why === undefined ? shape : { why };
}

const MOST = { width: 4096, layers: 96, inner: 16_384, vocabulary: 1 << 20, positions: 8192, projection: 8192 };

/** Why the kernel does not compute this shape, or undefined when it does. */
export function whyNotShape(shape: EncoderShape): string | undefined {
  const { width, layers, heads, inner, positions, projection, epsilon } = shape;
  const broken = SIZES.find((name) => !(Number.isInteger(shape[name]) && shape[name] >= 0));
  if (broken) return `${broken} ${shape[broken]}, which is no size`;
  const large = (Object.keys(MOST) as (keyof typeof MOST)[]).find((name) => shape[name] > MOST[name]);
  if (large) return `${large} ${shape[large]}, above ${MOST[large]}`;
  if (width < 16 || width % 16 !== 0) return `width ${width}, which is no multiple of 16`;
  if (inner < 16 || inner % 16 !== 0) return `inner width ${inner}, which is no multiple of 16`;
  if (layers < 1 || positions < 1) return `${layers} layers, ${positions} positions`;
  if (heads < 1 || width % (heads * 4) !== 0)
    return `${heads} heads in a width of ${width}: no head of 4 values or 8 or 12...`;
  if (width / heads > 128) return `heads of ${width / heads} values, above 128`;
  if (projection % 8 !== 0) return `a projection to ${projection}, which is no multiple of 8`;
  if (!(epsilon > 0 && epsilon < 1)) return `an epsilon of ${epsilon}`;
  if (shape.norm === "before" && shape.pooling === "mean") return "a mean of rows that were normed before";
  if (shape.norm === "after" && shape.embeddingNorm === "no")
    return "norms after blocks, but none after the embeddings";
  if (shape.norm === "after" && projection > 0) return "a projection after norms that come after blocks";
  return shape.input === "tokens" ? whyNotTokens(shape) : whyNotPatches(shape);
}

const MOST_PATCH = 208;

function whyNotTokens({ vocabulary, patch, picture }: EncoderShape): string | undefined {
  if (vocabulary > 0 && patch === 0 && picture === 0) return undefined;
  return `${vocabulary} tokens and patches of ${patch} in pictures of ${picture}`;
}

function whyNotPatches({ vocabulary, embeddingNorm, patch, picture, positions }: EncoderShape): string | undefined {
  if (vocabulary > 0) return `patches, and ${vocabulary} tokens`;
  // That norm adds the patches to the stream.
  if (embeddingNorm === "no") return "patches, but no norm after the embeddings";
  // Beyond it a sum of products might leave 32 bits: 127 * 127 * 3 * 208 * 208 still fits.
  if (patch > MOST_PATCH) return `patches of ${patch}, above ${MOST_PATCH}`;
  if (patch < 4 || patch % 4 !== 0 || picture % patch !== 0) return `patches of ${patch} in pictures of ${picture}`;
  return positions === (picture / patch) ** 2 + 1 ? undefined : `${positions} positions for patches of ${patch}`;
}

/** Dimensions of the vectors that come out. */
export function outputOf({ projection, width }: EncoderShape): number {
  return projection || width;
}

export const COLOURS = 3;

/** A matrix by its place in the file. `depth` values in, `channels` out. */
export interface Matrix {
  readonly depth: number;
  readonly channels: number;
}

/** All matrices in the file's order: patches, then four a layer, then the projection. */
export function matricesOf({ width, inner, layers, patch, projection }: EncoderShape): Matrix[] {
  const layer = [
    { depth: width, channels: 3 * width },
    { depth: width, channels: width },
    { depth: width, channels: inner },
    { depth: inner, channels: width },
  ];
  return [
    ...(patch > 0 ? [{ depth: COLOURS * patch ** 2, channels: width }] : []),
    ...Array.from({ length: layers }, () => layer).flat(),
    ...(projection > 0 ? [{ depth: width, channels: projection }] : []),
  ];
}

/** Norms in the file's order: of the embeddings, then two a layer, then of the pooled vector. */
export function normCount({ embeddingNorm, layers, norm }: EncoderShape): number {
  return (embeddingNorm === "yes" ? 1 : 0) + 2 * layers + (norm === "before" ? 1 : 0);
}

export function unsupportedShape(why: string): PipitError {
  return new PipitError("unsupported", {
    got: `an encoder with ${why}`,
    expected: "a shape that the encoder kernel computes",
    do: "Run this model on ONNX Runtime.",
  });
}
