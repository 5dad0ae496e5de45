import { describe, expect, test } from "vitest";
import {
  type EncoderShape,
  matricesOf,
  normCount,
  outputOf,
  shapeOf,
  shapeWords,
  whyNotShape,
} from "./encoder-shape.ts";

const BERT: EncoderShape = {
  input: "tokens",
  norm: "after",
  attention: "all",
  activation: "gelu",
  pooling: "mean",
  embeddingNorm: "yes",
  width: 384,
  layers: 6,
  heads: 12,
  inner: 1536,
  vocabulary: 30_522,
  positions: 256,
  patch: 0,
  picture: 0,
  projection: 0,
  epsilon: 1e-12,
};
const CLIP_TEXT: EncoderShape = {
  ...BERT,
  norm: "before",
  attention: "causal",
  activation: "quick-gelu",
  pooling: "last",
  embeddingNorm: "no",
  projection: 512,
};
const CLIP_PICTURE: EncoderShape = {
  ...CLIP_TEXT,
  input: "patches",
  attention: "all",
  pooling: "first",
  embeddingNorm: "yes",
  vocabulary: 0,
  positions: 50,
  patch: 32,
  picture: 224,
};

describe.each([
  ["BERT", BERT],
  ["CLIP's text tower", CLIP_TEXT],
  ["CLIP's picture tower", CLIP_PICTURE],
])("%s", (_, shape) => {
  test("is computed", () => {
    expect(whyNotShape(shape)).toBeUndefined();
  });

  test("comes back from its words", () => {
    expect(shapeOf(shapeWords(shape), shape.epsilon)).toEqual(shape);
  });

  test("is no shape with a word more or less", () => {
    expect(shapeOf([...shapeWords(shape), 0], shape.epsilon)).toHaveProperty("why");
    expect(shapeOf(shapeWords(shape).slice(1), shape.epsilon)).toHaveProperty("why");
  });
});

test("the words of each choice differ", () => {
  const choices = [
    { attention: "causal" },
    { activation: "quick-gelu" },
    { pooling: "first" },
    { pooling: "last" },
  ] as const;
  const words = [BERT, ...choices.map((choice) => ({ ...BERT, ...choice }))].map((shape) => shapeWords(shape).join());
  expect(new Set(words).size).toBe(words.length);
});

// Each of these breaks one rule alone.
const BROKEN: readonly (readonly [string, EncoderShape, Partial<EncoderShape>])[] = [
  ["a width beyond the greatest", BERT, { width: 4096 + 192 }],
  ["too many layers", BERT, { layers: 97 }],
  ["too wide inside", BERT, { inner: 16_400 }],
  ["too many words", BERT, { vocabulary: 2 ** 20 + 1 }],
  ["too many positions", BERT, { positions: 8193 }],
  ["too wide a projection", CLIP_TEXT, { projection: 8200 }],
  ["a width of no multiple of 16", BERT, { width: 392, heads: 1 }],
  ["no width", BERT, { width: 0 }],
  ["an inner width of no multiple of 16", BERT, { inner: 1544 }],
  ["no inner width", BERT, { inner: 0 }],
  ["no layers", BERT, { layers: 0 }],
  ["no positions", BERT, { positions: 0 }],
  ["no heads", BERT, { heads: 0 }],
  ["heads that do not divide the width", BERT, { heads: 5 }],
  ["heads of two values", BERT, { heads: 192 }],
  ["heads of more than 128 values", BERT, { heads: 2 }],
  ["a projection of no multiple of 8", CLIP_TEXT, { projection: 500 }],
  ["an epsilon of 0", BERT, { epsilon: 0 }],
  ["an epsilon of 1", BERT, { epsilon: 1 }],
  ["an epsilon that is no number", BERT, { epsilon: Number.NaN }],
  ["a mean of rows normed before", CLIP_TEXT, { pooling: "mean" }],
  ["norms after blocks alone", BERT, { embeddingNorm: "no" }],
  ["a projection after norms after", BERT, { projection: 384 }],
  ["tokens without words", BERT, { vocabulary: 0 }],
  ["tokens and patches", BERT, { patch: 32 }],
  ["tokens and a picture", BERT, { picture: 224 }],
  ["patches and words", CLIP_PICTURE, { vocabulary: 9 }],
  ["patches without a norm to add them", CLIP_PICTURE, { embeddingNorm: "no" }],
  ["patches of no size", CLIP_PICTURE, { patch: 0, picture: 0 }],
  ["patches whose products may not fit 32 bits", CLIP_PICTURE, { patch: 224, positions: 2 }],
  ["patches of no multiple of 4", CLIP_PICTURE, { patch: 14, positions: 257 }],
  ["patches that do not fill the picture", CLIP_PICTURE, { patch: 48, positions: 26 }],
  ["other positions than patches", CLIP_PICTURE, { positions: 49 }],
  ["half a layer", BERT, { layers: 2.5 }],
  ["half a position", BERT, { positions: 12.5 }],
  ["words that are no number", BERT, { vocabulary: Number.NaN }],
  ["fewer patches than none", CLIP_PICTURE, { patch: -32, picture: -224 }],
];

test.each(BROKEN)("%s is not computed", (_, shape, change) => {
  expect(whyNotShape({ ...shape, ...change })).toBeTypeOf("string");
});

test("a head of 4 values and one of 128 are computed", () => {
  expect(whyNotShape({ ...BERT, heads: 96 })).toBeUndefined();
  expect(whyNotShape({ ...BERT, heads: 3 })).toBeUndefined();
});

test("vectors are as wide as the projection, or as the model without one", () => {
  expect([BERT, CLIP_TEXT, CLIP_PICTURE].map(outputOf)).toEqual([384, 512, 512]);
});

test("a tower has a matrix for its patches, four a layer and one for its projection, and norms to match", () => {
  expect([BERT, CLIP_TEXT, CLIP_PICTURE].map((shape) => matricesOf(shape).length)).toEqual([24, 25, 26]);
  expect([BERT, CLIP_TEXT, CLIP_PICTURE].map(normCount)).toEqual([13, 13, 14]);
});
