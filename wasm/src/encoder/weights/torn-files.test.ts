import { isPipitError } from "@pipit/core";
import { clipVisionGraph } from "@pipit/test/fixtures/encoder-graphs";
import { f32Tensor, writeSafetensors } from "@pipit/test/fixtures/encoder-graphs-safetensors";
import { twinGraph } from "@pipit/test/fixtures/minilm-twin-graph";
import { below, seeded } from "@pipit/test/fixtures/seeded";
import { expect, test } from "vitest";
import { openWeights } from "./open-weights.ts";

const SEED = 7;
const SMALL = { hidden: 8, layers: 1, heads: 2, projection: 8 };

const FILES: readonly (readonly [string, Uint8Array])[] = [
  ["safetensors", safetensors()],
  ["ONNX in floats", twinGraph({ ...SMALL, vocabulary: 20, positions: 16 })],
  ["ONNX in int8", clipVisionGraph({ ...SMALL, inner: 16, image: 8, patch: 4, weights: "int8" })],
];

test.each(FILES)("%s cut off anywhere is refused or read", (_, file) => {
  for (let length = 0; length < file.length; length += length < 2000 ? 1 : 7)
    expectReadOrRefused(file.slice(0, length));
});

test.each(FILES)(`%s with a bit turned over is refused or read (seed ${SEED})`, (_, file) => {
  const random = seeded(SEED);
  for (let flip = 0; flip < 200; flip++) expectReadOrRefused(flipped(file, below(random, file.length), random));
});

// Data far outweigh what describes them, so that most flips fall on values: these fall on the description.
test.each(FILES)(`%s with a bit turned over near its beginning is refused or read (seed ${SEED})`, (_, file) => {
  const random = seeded(SEED);
  const head = Math.min(file.length, 2000);
  for (let flip = 0; flip < 200; flip++) expectReadOrRefused(flipped(file, below(random, head), random));
});

test.each(FILES)("%s left whole is read", (_, file) => {
  expect(openWeights(file).names.length).toBeGreaterThan(2);
});

function expectReadOrRefused(file: Uint8Array): void {
  try {
    const source = openWeights(file);
    for (const name of source.names) readOrRefuse(() => source.read(name));
  } catch (error) {
    if (!isPipitError(error, "bad-model")) throw error;
    expect(error.got.length).toBeLessThan(1000);
  }
}

function readOrRefuse(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!isPipitError(error, "bad-model")) throw error;
  }
}

function flipped(file: Uint8Array, at: number, random: () => number): Uint8Array {
  const copy = file.slice();
  copy[at]! ^= 1 << below(random, 8);
  return copy;
}

function safetensors(): Uint8Array {
  const names = ["embeddings.weight", "encoder.layer.0.output.dense.weight", "encoder.layer.0.output.dense.bias"];
  const tensors = names.map((name, i) => [name, f32Tensor([i + 1, 4], new Float32Array(4 * (i + 1)).fill(i))]);
  return writeSafetensors(Object.fromEntries(tensors));
}
