import { rowsFrom } from "@pipit/test/fixtures/recall";
import { rowAt, seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import { describe, expect, test } from "vitest";
import { loadBuild } from "../../node.ts";
import { type GraphShape, METRICS, ORIGINALS } from "../options.ts";
import { SearchKernel } from "./search-kernel.ts";

const [COUNT, D, K] = [2000, 64, 10];
const [relaxed, simd] = [await loadBuild("relaxed"), await loadBuild("simd")];
const rows = rowsFrom(0, COUNT);
const queries = uniformVectors(seeded(61), 6, D);

/** Slots are rows. */
function filled(vectors: Float32Array, shape: Partial<GraphShape>, module = relaxed): SearchKernel {
  const common = {
    dimensions: D,
    m: 4,
    efConstruction: 8,
    metric: "inner-product",
    originals: "f32",
    measured: "codes",
    seed: 1,
  } as const;
  const kernel = new SearchKernel(module, { ...common, ...shape }, { maxBytes: 2 ** 26 });
  kernel.reserve(COUNT);
  for (let from = 0; from < COUNT; from += kernel.batch) {
    const batch = rows.subarray(from, from + kernel.batch);
    kernel.insert(batch, vectors.subarray(from * D, (from + batch.length) * D));
  }
  return kernel;
}

/** A scan that wants every row believes no code, so that its first rows are the truth. */
function expectExact(kernel: SearchKernel): void {
  for (let i = 0; i < queries.length / D; i++) {
    const query = rowAt(queries, i, D);
    expect(kernel.scan(query, rows, { k: K }).rows).toEqual(kernel.scan(query, rows, { k: COUNT }).rows.slice(0, K));
  }
}

const even = uniformVectors(seeded(62), COUNT, D);
const [middle] = [uniformVectors(seeded(63), 1, D)];

const DATA = {
  even,
  "all but equal": even.map((x, i) => middle[i % D]! + x / 1000),
  "of one value above all others": even.map((x, i) => (i % D === 7 ? 2 + x / 100 : x / 20)),
  "of many lengths": even.map((x, i) => x * (1 + (Math.floor(i / D) % 50))),
};

describe.each(Object.entries(DATA))("rows %s", (_, vectors) => {
  test.each(METRICS.flatMap((metric) => ORIGINALS.map((originals) => ({ metric, originals }))))(
    "are scanned for the very nearest: %o",
    (shape) => expectExact(filled(vectors, shape)),
  );
});

test("rows whose codes say all are no reason to believe the codes of others", () => {
  const bare = even.map((_, i) => (i % D === Math.floor(i / D) % D ? 1 : 0));
  const vectors = Float32Array.from(bare.subarray(0, 100 * D));
  expectExact(filled(joined(vectors, DATA["all but equal"].subarray(100 * D)), {}));
});

test("without originals the nearest are those by codes", () => {
  const kernel = filled(even, { originals: "none" });
  const { rows: found, distances } = kernel.scan(queries.subarray(0, D), rows, { k: K });
  const { rows: walked, distances: known } = kernel.walk(queries.subarray(0, D), {
    ...{ k: K, ef: COUNT, deadline: Number.POSITIVE_INFINITY },
  });
  expect([found, distances]).toEqual([walked, known]);
});

test("both modules scan alike, to the bit", () => {
  const [one, other] = [filled(even, {}), filled(even, {}, simd)];
  expect(one.scan(queries.subarray(0, D), rows, { k: K })).toEqual(other.scan(queries.subarray(0, D), rows, { k: K }));
});

test("a scan that runs out of time answers by what it looked at, and says so", () => {
  const kernel = filled(even, {});
  const long = Uint32Array.from({ length: 100_000 }, (_, i) => i % COUNT);
  const asked = { k: 1, deadline: 0 };
  expect(kernel.scan(queries.subarray(0, D), long, asked)).toMatchObject({ partial: true, rows: { length: 1 } });
  expect(kernel.scan(queries.subarray(0, D), rows, asked).partial).toBeUndefined();
});

test.each([0, 1, 2, 3, 4, 5, 63, 64, 65])("of %i slots all are found, and no other", (count) => {
  const kernel = filled(even, {});
  const { rows: found } = kernel.scan(queries.subarray(0, D), rows.subarray(7, 7 + count), { k: 100 });
  expect(found.toSorted()).toEqual(rows.subarray(7, 7 + count));
});

function joined(one: Float32Array, other: Float32Array): Float32Array {
  const both = new Float32Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
