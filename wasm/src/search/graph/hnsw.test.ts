import { exactIndex } from "@pipit/core";
import { rowsFrom } from "@pipit/test/fixtures/recall";
import { rowAt, seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import { describe, expect, test } from "vitest";
import { loadHnswIndex } from "../../node.ts";
import { inspectGraph } from "./graph-report.ts";
import type { HnswIndex } from "./hnsw-index.ts";

const D = 32;
const vectors = uniformVectors(seeded(51), 800, D);

async function filled(options = {}, count = 800) {
  const index = await (await loadHnswIndex(options)).create(D);
  await index.add(rowsFrom(0, count), vectors.subarray(0, count * D));
  return index;
}

test.each([
  { originals: "f32", recall: 1 },
  { originals: "f16", recall: undefined },
  { originals: "none", recall: undefined },
])("with originals $originals the recall is $recall", async ({ originals, recall }) => {
  expect((await filled({ originals })).stats().recall).toBe(recall);
});

test("the same calls with the same seed build the same graph", async () => {
  const [one, other] = [await filled({ seed: 9 }, 300), await filled({ seed: 9 }, 300)];
  expect(await one.save()).toEqual(await other.save());
});

test("another seed draws other levels", async () => {
  const [one, other] = [await filled({ seed: 9 }, 300), await filled({ seed: 10 }, 300)];
  expect(inspectGraph(one).levels).not.toEqual(inspectGraph(other).levels);
});

test("a search that ran out of time does not affect later additions", async () => {
  const [rushed, calm] = [await filled({}, 300), await filled({}, 300)];
  await rushed.search(vectors.subarray(0, D), { k: 10, ef: 300, deadline: 0 });
  await calm.search(vectors.subarray(0, D), { k: 10, ef: 300 });
  for (const index of [rushed, calm]) await index.add(rowsFrom(300, 500), vectors.subarray(300 * D));
  expect(Buffer.compare(await rushed.save(), await calm.save())).toBe(0);
});

test("no node has more links than places", async () => {
  const { levels } = inspectGraph(await filled({ m: 5 }));
  expect(levels[0]!.maxDegree).toBe(10);
  for (const { maxDegree } of levels.slice(1)) expect(maxDegree).toBeLessThanOrEqual(5);
});

test("slots of removed rows are used again, so that churn does not grow the index", async () => {
  const index = await filled();
  const before = inspectGraph(index).slots;
  for (let round = 0; round < 3; round++) {
    await index.remove(rowsFrom(0, 400));
    await index.add(rowsFrom(0, 400), vectors.subarray(0, 400 * D));
  }
  expect(inspectGraph(index)).toMatchObject({ slots: before, free: 0 });
});

test("the remaining rows are found when nine of ten are removed", async () => {
  const index = await filled();
  await index.remove(rowsFrom(0, 800).filter((row) => row % 10 !== 0));
  const { levels, faults } = inspectGraph(index);
  expect(faults).toEqual([]);
  expect(levels[0]).toMatchObject({ nodes: 80, reachable: 80 });
});

test("tight groups far from each other stay joined in a graph of few links", async () => {
  const random = seeded(55);
  const groups = uniformVectors(random, 30, D);
  const tight = Float32Array.from({ length: 900 * D }, (_, i) => groups[i % (30 * D)]! + random() / 1000);
  const index = await (await loadHnswIndex({ m: 4, efConstruction: 10 })).create(D);
  await index.add(rowsFrom(0, 900), tight);
  for (const { nodes, reachable } of inspectGraph(index).levels) expect(reachable).toBe(nodes);
});

test("what loses links to removal gets others", async () => {
  const index = await filled();
  await index.remove(rowsFrom(0, 800).filter((row) => row % 4 !== 0));
  expect(inspectGraph(index).levels[0]!.meanDegree).toBeGreaterThanOrEqual(16);
});

test("a wider search finds no less", async () => {
  const index = await filled({ m: 4, efConstruction: 30 });
  const query = rowAt(uniformVectors(seeded(52), 1, D), 0, D);
  const [narrow, broad] = [await index.search(query, { k: 10, ef: 10 }), await index.search(query, { k: 10, ef: 150 })];
  expect(broad.distances.at(-1)).toBeLessThanOrEqual(narrow.distances.at(-1)!);
});

test("the ef of the options serves a search that names none", async () => {
  const [narrow, wide] = [
    await filled({ m: 4, efConstruction: 30, ef: 10 }),
    await filled({ m: 4, efConstruction: 30 }),
  ];
  const query = rowAt(uniformVectors(seeded(53), 1, D), 0, D);
  expect(await narrow.search(query, { k: 10 })).toEqual(await wide.search(query, { k: 10, ef: 10 }));
});

describe("an index that may hold 1 MiB", () => {
  const small = async () => (await loadHnswIndex({ maxBytes: 2 ** 20 })).create(D);

  test("refuses more rows than fit and keeps those it has", async () => {
    const index = await small();
    await index.add(rowsFrom(0, 100), vectors.subarray(0, 100 * D));
    const before = await index.save();
    const many = uniformVectors(seeded(54), 20_000, D);
    await expect(index.add(rowsFrom(0, 20_000), many)).rejects.toMatchObject({ code: "storage-full" });
    expect(await index.save()).toEqual(before);
  });

  test("still takes a row once one that fits is asked for", async () => {
    const index = await small();
    const many = uniformVectors(seeded(54), 20_000, D);
    await expect(index.add(rowsFrom(0, 20_000), many)).rejects.toThrow(/maxBytes/);
    await index.add(rowsFrom(0, 10), vectors.subarray(0, 10 * D));
    expect((await index.search(rowAt(vectors, 3, D), { k: 1 })).rows[0]).toBe(3);
  });

  test("refuses a snapshot of a larger one", async () => {
    const snapshot = await (await filled()).save();
    const opening = (await loadHnswIndex({ maxBytes: 2 ** 19 })).open(snapshot, D);
    await expect(opening).rejects.toMatchObject({ code: "storage-full" });
  });
});

test("a filter that does not fit into memory is refused", async () => {
  const index = await (await loadHnswIndex({ maxBytes: 2 ** 22 })).create(D);
  const many = uniformVectors(seeded(54), 6000, D);
  await index.add(rowsFrom(0, 6000), many);
  const filter = new Uint32Array(2 ** 20).fill(0xffff_ffff);
  const search = index.search(rowAt(vectors, 3, D), { k: 1, ef: 64, filter });
  await expect(search).rejects.toMatchObject({ code: "storage-full" });
});

test("close lets go of the memory", async () => {
  const index = (await filled()) as HnswIndex;
  await index.close();
  expect(index.stats()).toMatchObject({ count: 0, bytes: 0 });
});

test.each([
  { m: 3 },
  { m: 65 },
  { m: 2.5 },
  { efConstruction: 0 },
  { ef: 0 },
  { seed: -1 },
  { maxBytes: 1000 },
  { metric: "dot" as never },
  { originals: "f64" as never },
])("refuses the options %o", async (options) => {
  await expect(loadHnswIndex(options)).rejects.toMatchObject({ code: "bad-input" });
});

test.each([0, 1.5, 65_537])("refuses an index of %d dimensions", async (dimensions) => {
  await expect((await loadHnswIndex()).create(dimensions)).rejects.toMatchObject({ code: "bad-input" });
});

test.each([0, 2.5, Number.NaN])("refuses an ef of %d", async (ef) => {
  await expect((await filled({}, 5)).search(rowAt(vectors, 0, D), { k: 1, ef })).rejects.toMatchObject({
    code: "bad-input",
  });
});

test.each([1e-20, 1e20])("refuses a vector that is %d long", async (length) => {
  const index = await (await loadHnswIndex()).create(D);
  const call = index.add(Uint32Array.of(1), new Float32Array(D).fill(length));
  await expect(call).rejects.toMatchObject({ code: "bad-vector" });
});

test("only a graph can be inspected", async () => {
  const exact = await exactIndex.create(D);
  expect(() => inspectGraph(exact)).toThrow(/an index of kind exact/);
});
