import { readFile } from "node:fs/promises";
import { assetPath } from "@pipit/test/fixtures/assets";
import { f32Tensor, type SafeTensor, writeSafetensors } from "@pipit/test/fixtures/encoder-graphs-safetensors";
import { twinGraph } from "@pipit/test/fixtures/minilm-twin-graph";
import { describe, expect, test } from "vitest";
import { type OnnxGraph, readGraph } from "./onnx-graph.ts";
import { openWeights } from "./open-weights.ts";
import type { WeightSource } from "./weight-source.ts";

const fp32 = assetPath("models/all-MiniLM-L6-v2/onnx/model.onnx");
const q8 = assetPath("models/all-MiniLM-L6-v2/onnx/model_quantized.onnx");
const bytesOf = async (path: string) => new Uint8Array(await readFile(path));

const TWIN = { vocabulary: 20, hidden: 8, layers: 2, heads: 2, positions: 16 };
// In the order in which an exporter meets them.
const LINEAR = ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"];
const LINEAR_OF_LAYER = [...LINEAR, "intermediate.dense", "output.dense"];
const NORMS = ["attention.output.LayerNorm", "output.LayerNorm"];
const TABLES = ["word_embeddings", "position_embeddings", "token_type_embeddings"];

function namesOf(layers: number): string[] {
  const both = (module: string) => [`${module}.weight`, `${module}.bias`];
  const ofLayer = [...LINEAR_OF_LAYER, ...NORMS].flatMap(both);
  const inLayers = Array.from({ length: layers }, (_, i) => ofLayer.map((name) => `encoder.layer.${i}.${name}`)).flat();
  return [...TABLES.map((name) => `embeddings.${name}.weight`), ...both("embeddings.LayerNorm"), ...inLayers];
}

/** The same weights as PyTorch would save them, made without names of nodes: folded matrices lie in the layers' order. */
function stateDict({ initializers }: OnnxGraph): Record<string, SafeTensor> {
  const tensors: Record<string, SafeTensor> = {};
  let folded = 0;
  for (const [name, { dims, read, isFloat }] of initializers) {
    if (!isFloat) continue;
    const [from = 0, to = 0] = dims;
    const layer = Math.floor(folded / LINEAR_OF_LAYER.length);
    if (!name.startsWith("onnx::")) tensors[name] = f32Tensor(dims, read());
    else if (dims.length === 2)
      tensors[`encoder.layer.${layer}.${LINEAR_OF_LAYER[folded++ % LINEAR_OF_LAYER.length]}.weight`] = f32Tensor(
        [to, from],
        Float32Array.from({ length: to * from }, columnsFirst(read(), from, to)),
      );
  }
  return tensors;
}

const columnsFirst = (values: Float32Array, from: number, to: number) => (_: unknown, i: number) =>
  values[(i % from) * to + Math.floor(i / from)]!;

function expectSameBits(got: WeightSource, expected: WeightSource) {
  expect([...got.names].sort()).toEqual([...expected.names].sort());
  for (const name of expected.names) {
    expect(got.dims(name)).toEqual(expected.dims(name));
    expect(Buffer.compare(bitsOf(got, name), bitsOf(expected, name)), name).toBe(0);
  }
}

const bitsOf = (source: WeightSource, name: string) => Buffer.from(source.read(name).buffer);

describe("the MiniLM twin", () => {
  const file = twinGraph(TWIN);

  test("has the names of a BERT's state dict and no others", () => {
    expect([...openWeights(file).names].sort()).toEqual(namesOf(TWIN.layers).sort());
  });

  test("is the same to the bit as ONNX and as safetensors", () => {
    expectSameBits(openWeights(file), openWeights(writeSafetensors(stateDict(readGraph(file)))));
  });
});

describe.skipIf(!fp32 || !q8)("all-MiniLM-L6-v2", () => {
  test("is the same to the bit as ONNX and as safetensors", async () => {
    const file = await bytesOf(fp32!);
    const source = openWeights(file);
    expect([...source.names].sort()).toEqual(namesOf(6).sort());
    expectSameBits(source, openWeights(writeSafetensors(stateDict(readGraph(file)))));
  });

  test("in int8 is within half a step of its floats", async () => {
    const [floats, codes] = [openWeights(await bytesOf(fp32!)), openWeights(await bytesOf(q8!))];
    expect([...codes.names].sort()).toEqual([...floats.names].sort());
    for (const name of floats.names) expect(mostSteps(floats, codes, name), name).toBeLessThan(0.501);
  });
});

/** How far codes are from floats, in steps between two codes; a linear layer has steps of its own for each output. */
function mostSteps(floats: WeightSource, codes: WeightSource, name: string): number {
  const [exact, rounded] = [floats.read(name), codes.read(name)];
  const [rows = 1, columns = 1] = floats.dims(name)!.length === 2 ? floats.dims(name)! : [1, exact.length];
  const isTable = name.includes("_embeddings.");
  const steps = isTable ? stepOfAll(exact) : undefined;
  let most = 0;
  for (let row = 0; row < rows; row++) {
    const [from, to] = [row * columns, (row + 1) * columns];
    const step = steps ?? stepOf(exact.subarray(from, to));
    for (let i = from; i < to; i++) most = Math.max(most, Math.abs(exact[i]! - rounded[i]!) / step);
  }
  return most;
}

// Hubs use seven of the eight bits, so that two products of codes fit 16 bits on older machines.
function stepOf(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 64;
}

function stepOfAll(values: Float32Array): number {
  const least = values.reduce((a, b) => Math.min(a, b));
  return (values.reduce((a, b) => Math.max(a, b)) - least) / 255;
}
