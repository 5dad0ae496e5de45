import type { NeighborQuery } from "@pipit/core";
import { recallOf, rowsFrom, truthOf } from "@pipit/test/fixtures/recall";
import { rowAt, seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import { expect, test } from "vitest";
import { loadHnswIndex } from "../../node.ts";
import { calibrate } from "../calibration/calibrate.ts";
import { TruthSample } from "./truth-sample.ts";

const [COUNT, D] = [1000, 16];
const vectors = uniformVectors(seeded(61), COUNT, D);
const queries = uniformVectors(seeded(62), 64, D);

/** A graph poor enough to miss much, its exact twin, and the truth kept of it. */
async function poorGraph() {
  const graph = await (await loadHnswIndex({ m: 4, efConstruction: 4 })).create(D);
  await graph.add(rowsFrom(0, COUNT), vectors);
  const exact = await truthOf(rowsFrom(0, COUNT), vectors);
  const source = {
    count: () => COUNT,
    scan: (query: Float32Array, k: number) => exact.search(query, { k }),
    draw: () => undefined,
  };
  const truth = TruthSample.create(source, { dimensions: D });
  for (let i = 0; i < 64; i++) truth.observe(rowAt(queries, i, D));
  const search = (query: Float32Array, k: number, ef?: number) => graph.search(query, { k, ef });
  const recallAt = (asked: NeighborQuery) => recallOf(graph, exact, { queries, ...asked });
  return { truth, search, recallAt };
}

test("the kept truth gives a graph the recall that a direct measurement gives", async () => {
  const { truth, search, recallAt } = await poorGraph();
  const { recall } = await truth.recall(search, { ef: 10, scans: 64 });
  expect(recall).toBeCloseTo(await recallAt({ k: 10, ef: 10 }), 6);
  expect(recall).toBeLessThan(0.95);
});

test("the ef read from the curve of a graph reaches the target on that graph", async () => {
  const { truth, search, recallAt } = await poorGraph();
  await truth.measureCurve(search, { target: 0.9, clock: () => performance.now(), scans: 64 });
  expect(await recallAt({ k: 10, ef: truth.efFor(0.9)! })).toBeGreaterThanOrEqual(0.89);
});

test("a graph built as calibrated reaches the recall asked for", async () => {
  const { m, efConstruction, ef, met } = await calibrate(
    { recall: 0.95 },
    {
      ...{ vectors, dimensions: D, queries, clock: () => performance.now() },
      build: async (shape) => (await loadHnswIndex(shape)).create(D),
    },
  );
  const index = await (await loadHnswIndex({ m, efConstruction })).create(D);
  await index.add(rowsFrom(0, COUNT), vectors);
  const recall = await recallOf(index, await truthOf(rowsFrom(0, COUNT), vectors), { queries, k: 10, ef });
  expect(met).toBe(true);
  expect(recall).toBeGreaterThanOrEqual(0.93);
});

test.each(["squared-l2", "inner-product"] as const)(
  "a snapshot keeps truths that lie far off by %s",
  async (metric) => {
    const kind = await loadHnswIndex({ metric });
    const index = await kind.create(D);
    const long = vectors.map((x) => x * 50);
    await index.add(rowsFrom(0, COUNT), long);
    await index.search(rowAt(long, 5, D), { k: 10 });
    const { recall, queries } = await index.recall({ scans: 64 });
    const opened = await kind.open(await index.save(), D);
    expect(await opened.recall({ scans: 0 })).toMatchObject({ recall, queries });
  },
);
