import { readFileSync } from "node:fs";
import { rowsFrom } from "@pipit/test/fixtures/recall";
import { rowAt, seeded, uniformVectors, unitRows } from "@pipit/test/fixtures/seeded";
import { describe, expect, test } from "vitest";
import { loadBuild } from "../../node.ts";
import type { Metric } from "../options.ts";
import { createExact } from "./exact.ts";
import { ExactKernel } from "./exact-kernel.ts";
import type { ExactOptions } from "./exact-options.ts";
import { trainQuantizer } from "./quantizer.ts";

const relaxed = await loadBuild("relaxed", "exact");
const plain = await loadBuild("simd", "exact");
const metrics: Metric[] = ["inner-product", "cosine", "squared-l2"];
const kinds: ExactOptions[] = [
  {},
  { format: "f16" },
  { format: "int8", calibrateAt: 200 },
  { format: "bit", calibrateAt: 200 },
  { firstPass: "int8", calibrateAt: 200 },
  { firstPass: "bit", calibrateAt: 200 },
  { firstPass: "pq", calibrateAt: 300 },
];
const cases = [1, 3, 37, 384].flatMap((dimensions) =>
  metrics.flatMap((metric) => kinds.map((options) => ({ dimensions, options: { ...options, metric } }))),
);

describe.each(cases)("over $dimensions dimensions with $options", ({ dimensions, options }) => {
  const vectors = uniformVectors(seeded(81), 500, dimensions);
  const queries = uniformVectors(seeded(82), 4, dimensions);

  test("the two builds keep the same bytes, give the same answers and open each other's snapshots", async () => {
    const [one, other] = await Promise.all([relaxed, plain].map((module) => built(module)));
    const [saved, twin] = [await one!.save(), await other!.save()];
    expect(Buffer.compare(saved, twin)).toBe(0);
    const opened = await createExact(plain, options).open(saved, dimensions);
    for (let i = 0; i < 4; i++) {
      const answer = await one!.search(rowAt(queries, i, dimensions), { k: 30 });
      expect(await other!.search(rowAt(queries, i, dimensions), { k: 30 })).toEqual(answer);
      expect(await opened.search(rowAt(queries, i, dimensions), { k: 30 })).toEqual(answer);
    }
  });

  async function built(module: WebAssembly.Module) {
    const index = await createExact(module, options).create(dimensions);
    await index.add(rowsFrom(0, 500), vectors);
    await index.remove(rowsFrom(100, 50));
    await index.add(rowsFrom(600, 10), vectors.subarray(0, 10 * dimensions));
    return index;
  }
});

const coded = (["int8", "bit", "pq"] as const).flatMap((kind) =>
  metrics.flatMap((metric) => [3, 40, 384, 2100].map((dimensions) => ({ kind, metric, dimensions }))),
);

test.each(coded)(
  "distances of $kind codes under $metric over $dimensions dimensions are those of what they stand for",
  (given) => {
    const { kind, metric, dimensions } = given;
    const vectors = uniformVectors(seeded(83), 70, dimensions);
    const query = uniformVectors(seeded(84), 1, dimensions);
    const kernel = new ExactKernel(relaxed, { dimensions, codes: kind, originals: "none", metric }, 2 ** 28);
    kernel.writeQuantizer(trainQuantizer(relaxed, { kind, dimensions, metric, seed: 1 }, vectors).values);
    kernel.reserve(70);
    for (let i = 0; i < 70; i++) {
      kernel.put({ rows: Uint32Array.of(i), slots: Uint32Array.of(i), vectors: rowAt(vectors, i, dimensions) });
    }
    const { rows, distances } = kernel.search(query, { k: 70, ef: 0 });
    const mean = meanOf(kernel, kind);
    for (const [i, row] of rows.entries()) {
      const [vector, code] = [rowAt(vectors, row, dimensions), kernel.decode(row, "codes")];
      const gap = Math.abs(distances[i]! - expected({ vector, code, mean, query }, metric, kind));
      expect(gap, `row ${row}`).toBeLessThan(ROUNDING[kind]);
    }
  },
);

// Seven bits for the sum of four of a query's values, beside 13 and more for int8 and floats for product codes.
const ROUNDING = { int8: 1e-4, bit: 0.03, pq: 1e-5 };

interface Measured {
  readonly vector: Float32Array;
  readonly code: Float32Array;
  readonly mean: Float32Array;
  readonly query: Float32Array;
}

/** In double precision. Bits estimate only what lies between query and mean; the rest of their distance is exact. */
function expected({ vector, code, mean, query }: Measured, metric: Metric, kind: string): number {
  const isSquared = metric === "squared-l2";
  if (kind !== "bit") return isSquared ? square(minus(query, code)) : 1 - dot(query, code);
  const estimate = dot(minus(query, mean), minus(code, mean));
  const residual = minus(vector, mean);
  if (isSquared) return square(minus(query, mean)) + square(residual) - 2 * estimate;
  return 1 - dot(query, mean) - dot(mean, residual) - estimate;
}

function meanOf(kernel: ExactKernel, kind: string): Float32Array {
  const { dimensions } = kernel.shape;
  return kind === "bit" ? kernel.readQuantizer().subarray(0, dimensions) : new Float32Array(dimensions);
}

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const minus = (a: Float32Array, b: Float32Array) => a.map((x, i) => x - b[i]!);
const square = (a: Float32Array) => dot(a, a);

/** Rows that lie unevenly among the dimensions. In these dimensions, bits of many rows err alike. */
const uneven: Record<string, (random: () => number) => Float32Array> = {
  "of three dimensions each": (random) => {
    const row = new Float32Array(D);
    for (let i = 0; i < 3; i++) row[Math.floor(random() * D)] = random() - 0.5;
    return row;
  },
  "of a few dimensions and little of the others": (random) =>
    Float32Array.from({ length: D }, (_, i) => (i < 5 ? 1 : 0.02) * (random() - 0.5)),
};
const D = 120;

test.each(Object.keys(uneven))("errors of bits are as small as is said of them, for rows %s", (name) => {
  const random = seeded(85);
  const [count, queries] = [600, 40];
  const draw = (rows: number) => unitRows(concatenated(Array.from({ length: rows }, () => uneven[name]!(random))), D);
  const [vectors, asked] = [draw(count), draw(queries)];
  const [coded, exact] = (["bit", "none"] as const).map((codes) => {
    const originals = codes === "none" ? "f32" : "none";
    return new ExactKernel(relaxed, { dimensions: D, codes, originals, metric: "inner-product" }, 2 ** 28);
  });
  const asBits = { kind: "bit", dimensions: D, metric: "inner-product", seed: 1 } as const;
  coded!.writeQuantizer(trainQuantizer(relaxed, asBits, vectors).values);
  const mean = coded!.readQuantizer().subarray(0, D);
  let squares = 0;
  for (const kernel of [coded!, exact!]) {
    kernel.reserve(count);
    for (let i = 0; i < count; i++)
      kernel.put({ rows: Uint32Array.of(i), slots: Uint32Array.of(i), vectors: rowAt(vectors, i, D) });
  }
  for (let i = 0; i < queries; i++) {
    const query = rowAt(asked, i, D);
    const [byCodes, byOriginals] = [coded!, exact!].map((kernel) => {
      const { rows, distances } = kernel.search(query, { k: count, ef: 0 });
      return new Map([...rows].map((row, at) => [row, distances[at]!]));
    });
    const spread = 0.7555 * Math.sqrt((2 * square(minus(query, mean))) / (coded!.paddedDimensions - 1));
    for (const [row, distance] of byOriginals!)
      squares += ((byCodes!.get(row)! - distance) / (spread * Math.sqrt(distance))) ** 2;
  }
  const deviations = Math.sqrt(squares / (count * queries));
  console.log(`errors of bits are ${deviations.toFixed(3)} of their greatest standard deviation, rows ${name}`);
  expect(deviations).toBeLessThan(1.05);
});

function concatenated(rows: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(rows.length * D);
  for (const [i, row] of rows.entries()) all.set(row, i * D);
  return all;
}

test("halves are the nearest there are, ties to even, small ones too", async () => {
  const kernel = new ExactKernel(
    plain,
    { dimensions: 8, codes: "none", originals: "f16", metric: "inner-product" },
    2 ** 22,
  );
  kernel.reserve(1);
  const given = Float32Array.of(1, -1 - 2 ** -11, 1 + 3 * 2 ** -11, 65504, 2 ** -24, -(2 ** -25), 3 * 2 ** -25, 0.1);
  kernel.put({ rows: Uint32Array.of(1), slots: Uint32Array.of(0), vectors: given });
  const kept = [1, -1, 1 + 2 ** -9, 65504, 2 ** -24, -0, 2 ** -23, 0.0999755859375];
  expect([...kernel.decode(0, "originals")]).toEqual(kept);
});

test.each(["relaxed", "simd"])("exact-%s.wasm is below 17.5 kB", (build) => {
  const { length } = readFileSync(new URL(`../../../build/exact-${build}.wasm`, import.meta.url));
  expect(length, `${length} bytes: what came in, and does it earn its place?`).toBeLessThan(17_500);
});
