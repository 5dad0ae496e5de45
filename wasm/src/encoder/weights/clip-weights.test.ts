import { readFile } from "node:fs/promises";
import { assetPath } from "@pipit/test/fixtures/assets";
import { CLIP_TEXT, CLIP_VISION, clipTextGraph, clipVisionGraph } from "@pipit/test/fixtures/encoder-graphs";
import * as onnxruntime from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { openWeights } from "./open-weights.ts";
import type { WeightSource } from "./weight-source.ts";

interface Widths {
  readonly hidden: number;
  readonly layers: number;
  readonly inner: number;
  readonly projection: number;
}

type Dims = Record<string, readonly number[]>;

function towerDims(module: string, { hidden, layers, inner }: Widths): Dims {
  const linear = (name: string, from: number, to: number) => ({
    [`${name}.weight`]: [to, from],
    [`${name}.bias`]: [to],
  });
  return Object.assign(
    {},
    ...Array.from({ length: layers }, (_, i) => {
      const layer = `${module}.encoder.layers.${i}`;
      const projections = ["q_proj", "k_proj", "v_proj", "out_proj"].map((name) => `${layer}.self_attn.${name}`);
      return {
        ...Object.assign({}, ...projections.map((name) => linear(name, hidden, hidden))),
        ...linear(`${layer}.mlp.fc1`, hidden, inner),
        ...linear(`${layer}.mlp.fc2`, inner, hidden),
        ...norm(`${layer}.layer_norm1`, hidden),
        ...norm(`${layer}.layer_norm2`, hidden),
      };
    }),
  );
}

const norm = (name: string, hidden: number): Dims => ({ [`${name}.weight`]: [hidden], [`${name}.bias`]: [hidden] });

const visionDims = (widths: Widths, patch: number, places: number): Dims => ({
  ...towerDims("vision_model", widths),
  "vision_model.embeddings.class_embedding": [widths.hidden],
  "vision_model.embeddings.patch_embedding.weight": [widths.hidden, 3, patch, patch],
  "vision_model.embeddings.position_embedding.weight": [places, widths.hidden],
  ...norm("vision_model.pre_layrnorm", widths.hidden),
  ...norm("vision_model.post_layernorm", widths.hidden),
  "visual_projection.weight": [widths.projection, widths.hidden],
});

const textDims = (widths: Widths, vocabulary: number): Dims => ({
  ...towerDims("text_model", widths),
  "text_model.embeddings.token_embedding.weight": [vocabulary, widths.hidden],
  "text_model.embeddings.position_embedding.weight": [77, widths.hidden],
  ...norm("text_model.final_layer_norm", widths.hidden),
  "text_projection.weight": [widths.projection, widths.hidden],
});

const dimsOf = (source: WeightSource) => Object.fromEntries(source.names.map((name) => [name, source.dims(name)]));

const SMALL = { hidden: 24, layers: 2, heads: 3, inner: 40, projection: 16 };
const vision = (weights: "f32" | "int8") => clipVisionGraph({ ...SMALL, image: 64, patch: 32, weights });
const text = (weights: "f32" | "int8") => clipTextGraph({ ...SMALL, vocabulary: 50, positions: 77, weights });

describe.each(["f32", "int8"] as const)("a small CLIP in %s", (weights) => {
  test("has every tensor of both towers and no others", () => {
    expect(dimsOf(openWeights(vision(weights)))).toEqual(visionDims(SMALL, 32, 5));
    expect(dimsOf(openWeights(text(weights)))).toEqual(textDims(SMALL, 50));
  });

  test("gives finite vectors in onnxruntime", async () => {
    const pixels = new onnxruntime.Tensor("float32", wave(2 * 3 * 64 * 64), [2, 3, 64, 64]);
    const ids = new onnxruntime.Tensor("int64", BigInt64Array.of(1n, 7n, 49n, 1n, 49n, 0n), [2, 3]);
    for (const vectors of [
      await run(vision(weights), "pixel_values", pixels),
      await run(text(weights), "input_ids", ids),
    ]) {
      expect(vectors).toHaveLength(2 * SMALL.projection);
      expect(vectors.every(Number.isFinite)).toBe(true);
    }
  });
});

test("a text's vector comes from its end and knows nothing of what follows", async () => {
  const [first, second] = [BigInt64Array.of(1n, 7n, 49n, 3n), BigInt64Array.of(1n, 7n, 49n, 9n)];
  const vector = (ids: BigInt64Array) =>
    run(text("f32"), "input_ids", new onnxruntime.Tensor("int64", ids, [1, ids.length]));
  expect(await vector(first)).toEqual(await vector(second));
  expect(await vector(first)).not.toEqual(await vector(BigInt64Array.of(2n, 7n, 49n, 3n)));
});

test.each([
  ["picture", vision],
  ["text", text],
] as const)("the %s tower in int8 is within half a step of its floats", (_, graph) => {
  const [floats, codes] = [openWeights(graph("f32")), openWeights(graph("int8"))];
  for (const name of floats.names) {
    const exact = floats.read(name);
    const widest = exact.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    // The widest column's step bounds all, and 1/127 of the farthest from zero is no less than 1/255 of the range.
    codes.read(name).forEach((value, i) => {
      expect(Math.abs(value - exact[i]!), name).toBeLessThanOrEqual((widest / 127) * 0.501);
    });
  }
});

test("the full size is ViT-B/32's", () => {
  expect(CLIP_VISION).toMatchObject({ hidden: 768, layers: 12, heads: 12, inner: 3072, image: 224, patch: 32 });
  expect(CLIP_TEXT).toMatchObject({
    hidden: 512,
    layers: 12,
    heads: 8,
    inner: 2048,
    vocabulary: 49_408,
    positions: 77,
  });
});

const visionTwin = assetPath("models/clip-twin/onnx/vision_model.onnx");
const textTwin = assetPath("models/clip-twin/onnx/text_model.onnx");

describe.skipIf(!visionTwin || !textTwin)("the CLIP twin of PyTorch's exporter", () => {
  const widths = { hidden: 64, layers: 2, inner: 128, projection: 512 };
  const open = async (path: string) => openWeights(new Uint8Array(await readFile(path)));

  test("has every tensor of both towers, also those it keeps once for several", async () => {
    expect(dimsOf(await open(visionTwin!))).toEqual(visionDims(widths, 32, 50));
    expect(dimsOf(await open(textTwin!))).toEqual(textDims(widths, 49_408));
  });

  test("has values for each", async () => {
    for (const source of [await open(visionTwin!), await open(textTwin!)])
      for (const name of source.names)
        expect(source.read(name).length).toBe(source.dims(name)!.reduce((product, dim) => product * dim, 1));
  });
});

async function run(graph: Uint8Array, input: string, tensor: onnxruntime.Tensor): Promise<Float32Array> {
  const session = await onnxruntime.InferenceSession.create(graph, { intraOpNumThreads: 1 });
  const [output] = Object.values(await session.run({ [input]: tensor }));
  await session.release();
  return output!.data as Float32Array;
}

function wave(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin(i * 0.1));
}
