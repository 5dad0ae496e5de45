import { drawPictures, drawRows, TWIN_PICTURE } from "@pipit/test/fixtures/encoder-drawn";
import {
  bertTwin,
  clipPictureTwin,
  clipTextTwin,
  type EncoderTwin,
  packTwin,
} from "@pipit/test/fixtures/encoder-twins";
import { below, seeded } from "@pipit/test/fixtures/seeded";
import { beforeAll, describe, expect, test } from "vitest";
import { loadBuild } from "../node.ts";
import { type Encoder, openEncoder } from "./encoder.ts";
import { ENCODER_BUILDS } from "./encoder-exports.ts";
import { EncoderKernel } from "./encoder-kernel.ts";
import { packEncoder } from "./pack/pack-encoder.ts";
import { openWeights } from "./weights/open-weights.ts";
import type { WeightSource } from "./weights/weight-source.ts";

const seed = Number(process.env.PIPIT_SEED ?? 41);
const ROUNDS = process.env.PIPIT_FULL ? 100 : 6;
const modules = await Promise.all(ENCODER_BUILDS.map((build) => loadBuild(build, "encoder")));
console.log(`builds of the encoder with seed ${seed}`);

async function openAll(twin: EncoderTwin, passRows?: number): Promise<Encoder[]> {
  return openFile(await packTwin(twin, modules[0]!), passRows);
}

function openFile(file: Uint8Array, passRows?: number): Promise<Encoder[]> {
  return Promise.all(modules.map((module) => openEncoder(module, file, { passRows })));
}

const bits = (vectors: Float32Array) => Buffer.from(vectors.buffer, vectors.byteOffset, vectors.byteLength);

function expectSame(got: Float32Array, expected: Float32Array, where?: string): void {
  expect(got.length, where).toBe(expected.length);
  expect(got.every(Number.isFinite), where).toBe(true);
  expect(Buffer.compare(bits(got), bits(expected)), where).toBe(0);
}

test("each build says which it is", async () => {
  expect((await openAll(bertTwin())).map(({ build }) => build)).toEqual(["relaxed", "maddubs", "simd"]);
});

// Heads of 4, 12, 32 and 128 values; widths that are and are not multiples of 32.
describe.each([
  bertTwin({ hidden: 16, heads: 4, layers: 1 }),
  bertTwin(),
  bertTwin({ hidden: 64, heads: 2, layers: 3 }),
  bertTwin({ hidden: 128, heads: 1, layers: 1 }),
  clipTextTwin(),
])("$name", (twin) => {
  const rows = drawRows(seeded(seed), ascending(twin.recipe.family.name === "bert" ? 256 : 77));
  let encoders: Encoder[];
  let alone: Float32Array[];

  beforeAll(async () => {
    encoders = await openAll(twin);
    alone = await oneByOne(encoders[0]!, rows);
  });

  test("has the same bits in all three builds, for texts of every length", async () => {
    for (const encoder of [encoders[1]!, encoders[2]!]) {
      const others = await oneByOne(encoder, rows);
      for (const [i, vector] of alone.entries()) expectSame(others[i]!, vector, `${encoder.build}, ${i + 1} tokens`);
    }
  });

  test("gives a text the same bits alone and in any batch, in any order", async () => {
    const random = seeded(seed + 1);
    for (let round = 0; round < ROUNDS; round++) {
      const picked = Array.from({ length: 1 + below(random, 40) }, () => below(random, rows.length));
      const encoder = encoders[round % 3]!;
      const together = await encoder.encodeTokens(picked.map((i) => rows[i]!));
      expectSame(together, joined(picked.map((i) => alone[i]!)), `${encoder.build}: ${picked}`);
    }
  });

  test("gives the same bits however many rows a pass takes", async () => {
    for (const passRows of [1, 7, 100, 1000, 65_536]) {
      const [encoder] = await openAll(twin, passRows);
      const some = rows.filter((_, i) => i % 9 === 0);
      const expected = joined(alone.filter((_, i) => i % 9 === 0));
      expectSame(await encoder!.encodeTokens(some), expected, `${passRows} rows a pass`);
    }
  });
});

describe("CLIP's picture tower", () => {
  const pixels = drawPictures(seeded(seed), 30);
  const values = 3 * TWIN_PICTURE ** 2;
  const picture = (i: number) => pixels.subarray(i * values, (i + 1) * values);
  let encoders: Encoder[];
  let alone: Float32Array[];

  beforeAll(async () => {
    encoders = await openAll(clipPictureTwin());
    alone = [];
    for (let i = 0; i < 30; i++) alone.push(await encoders[0]!.encodePictures(picture(i)));
  });

  test("has the same bits in all three builds", async () => {
    for (const encoder of [encoders[1]!, encoders[2]!])
      for (const [i, vector] of alone.entries()) expectSame(await encoder.encodePictures(picture(i)), vector);
  });

  test("gives a picture the same bits alone and in any batch, in any order", async () => {
    const random = seeded(seed + 2);
    for (let round = 0; round < ROUNDS; round++) {
      const picked = Array.from({ length: 1 + below(random, 40) }, () => below(random, 30));
      const encoder = encoders[round % 3]!;
      const together = await encoder.encodePictures(joined(picked.map(picture)));
      expectSame(together, joined(picked.map((i) => alone[i]!)), `${encoder.build}: ${picked}`);
    }
  });
});

test("the three builds agree where all codes and weights are at their greatest and sums of 16 bits nearly overflow", async () => {
  const { graph, recipe, about } = bertTwin({ hidden: 64, heads: 4, layers: 2 });
  const { hash } = new EncoderKernel(modules[0]!, 2 ** 22);
  const file = await packEncoder({
    ...recipe,
    about,
    hash,
    statistics: undefined,
    weights: extremes(openWeights(graph)),
  });
  const [one, ...others] = await openFile(file);
  const row = drawRows(seeded(seed), [9]);
  for (const other of others) expectSame(await other.encodeTokens(row), await one!.encodeTokens(row), other.build);
});

/** Inputs of the first inner matrix are the greatest code but for one lane's, its weights all alike, or of either sign. */
function extremes(source: WeightSource): WeightSource {
  const read = (name: string) => {
    const values = source.read(name);
    if (name.endsWith("attention.output.LayerNorm.weight")) return values.fill(0);
    if (name.endsWith("attention.output.LayerNorm.bias")) return values.map((_, i) => (i < 16 ? -1 : 1));
    if (!name.endsWith("intermediate.dense.weight")) return values;
    const signs = [() => 1, () => -1, (i: number) => (i & 1 ? 1 : -1), (i: number) => (i & 2 ? 1 : -1)];
    return values.map((_, i) => signs[Math.floor(i / 64) % 4]!(i) / 64);
  };
  return { ...source, read };
}

async function oneByOne(encoder: Encoder, rows: readonly number[][]): Promise<Float32Array[]> {
  const vectors: Float32Array[] = [];
  for (const row of rows) vectors.push(await encoder.encodeTokens([row]));
  return vectors;
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const ascending = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
