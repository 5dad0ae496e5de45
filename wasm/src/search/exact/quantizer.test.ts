import { clusteredVectors, seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import { describe, expect, test } from "vitest";
import { loadBuild } from "../../node.ts";
import { type Quantizer, type QuantizerKind, trainQuantizer } from "./quantizer.ts";

const D = 64;
const relaxed = await loadBuild("relaxed", "exact");
const plain = await loadBuild("simd", "exact");
const random = seeded(91);
const sample = clusteredVectors(random, 1000, uniformVectors(random, 30, D), D);
const kinds: QuantizerKind[] = ["int8", "bit", "pq"];

function train(kind: QuantizerKind, { vectors = sample, seed = 1, module = relaxed, metric = "cosine" as const } = {}) {
  return trainQuantizer(module, { kind, dimensions: D, metric, seed }, vectors);
}

test.each(kinds)("%s is trained to the same numbers by both builds", (kind) => {
  expect(train(kind, { module: plain })).toEqual(train(kind));
});

test("product codes start elsewhere with another seed, and end no worse than a tenth", () => {
  const [one, other] = [train("pq"), train("pq", { seed: 2 })];
  expect(other.values).not.toEqual(one.values);
  expect(other.loss.meanSquaredError / one.loss.meanSquaredError).toBeCloseTo(1, 1);
});

describe("the loss that is told", () => {
  const loss = Object.fromEntries(kinds.map((kind) => [kind, train(kind).loss])) as Record<string, Quantizer["loss"]>;

  test("is smallest for int8, and all find more than chance", () => {
    console.log(loss);
    expect(loss.int8!.meanSquaredError).toBeLessThan(loss.pq!.meanSquaredError / 100);
    expect(loss.int8!.meanCosine).toBeGreaterThan(0.9999);
    expect(loss.int8!.recallAt10).toBeGreaterThan(0.95);
    expect(loss.pq!.meanCosine).toBeGreaterThan(0.9);
    expect(loss.bit!.meanCosine).toBeGreaterThan(0.7);
    for (const kind of kinds) expect(loss[kind]!.recallAt10).toBeGreaterThan(0.3);
  });

  test("of int8 is that of rounding to its steps", () => {
    const { values } = train("int8");
    const steps = values.subarray(D, 2 * D);
    const rounding = steps.reduce((sum, step) => sum + step ** 2 / 12, 0) / D;
    expect(loss.int8!.meanSquaredError / rounding).toBeCloseTo(1, 1);
  });

  test("is nothing when product codes have a centroid for each vector", () => {
    const few = sample.subarray(0, 200 * D);
    const { meanSquaredError, recallAt10 } = train("pq", { vectors: few }).loss;
    expect(meanSquaredError).toBeLessThan(1e-12);
    expect(recallAt10).toBe(1);
  });
});

test("a dimension that never changes costs int8 nothing", () => {
  const flat = sample.map((x, i) => (i % D === 5 ? 0.25 : x));
  const { values, loss } = trainQuantizer(
    relaxed,
    { kind: "int8", dimensions: D, metric: "squared-l2", seed: 1 },
    flat,
  );
  expect([values[5], values[D + 5]]).toEqual([0.25, 0]);
  expect(loss.meanSquaredError).toBeLessThan(1e-5);
});

test("one vector is sample enough to be coded", () => {
  for (const kind of kinds) {
    const { loss } = train(kind, { vectors: sample.subarray(0, D) });
    expect(loss).toMatchObject({ recallAt10: 1 });
    expect(Number.isFinite(loss.meanSquaredError + loss.meanCosine)).toBe(true);
  }
});

test("lengths do not matter to what is trained under cosine", () => {
  const doubled = sample.map((x) => 2 * x);
  for (const kind of kinds) expect(train(kind, { vectors: doubled }).values).toEqual(train(kind).values);
});
