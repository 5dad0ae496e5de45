import { recallOf, rowsFrom, truthOf } from "@pipit/test/fixtures/recall";
import { clusteredVectors, rowAt, seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import { expect, test, vi } from "vitest";
import { loadBuild, loadHnswIndex, loadIndex } from "../../node.ts";
import { ExactScan } from "../exact/exact.ts";
import { HnswIndex } from "../graph/hnsw-index.ts";
import { type AdaptiveOptions, createAdaptive } from "./adaptive.ts";
import type { AdaptiveIndex } from "./adaptive-index.ts";

const [COUNT, D] = [6000, 64];
const random = seeded(5);
const centers = uniformVectors(random, 60, D);
const vectors = clusteredVectors(random, COUNT, centers, D);
const queries = clusteredVectors(random, 20, centers, D);
/** No scan keeps to that. */
const HASTY = { budget: 1e-6, graphFrom: 1000 };

async function filled(options: AdaptiveOptions = {}, count = COUNT): Promise<AdaptiveIndex> {
  const index = await (await loadIndex(options)).create(D);
  await index.add(rowsFrom(0, count), vectors.subarray(0, count * D));
  return index;
}

/** As many searches as are timed, before the first measure and after it. */
async function ask(index: AdaptiveIndex, times = 30): Promise<void> {
  for (let i = 0; i < times; i++) {
    await index.search(rowAt(queries, i % 20, D), { k: 10 });
    if (i === 0) await index.whenSettled();
  }
}

async function grown(): Promise<AdaptiveIndex> {
  const index = await filled(HASTY);
  await ask(index);
  await index.whenSettled();
  return index;
}

test("scans while that is quick enough, however often it is asked", async () => {
  const index = await filled({ budget: 1000, graphFrom: 1000 });
  await ask(index, 60);
  await index.whenSettled();
  expect(index.stats()).toMatchObject({ kind: "exact-f32-after-bit", count: COUNT });
});

test("goes on with a graph when scans are too slow, and holds the recall", async () => {
  const index = await grown();
  expect(index.stats()).toMatchObject({ kind: "hnsw-int8", count: COUNT });
  expect(index.stats().recall).toBeGreaterThanOrEqual(0.99);
  const truth = await truthOf(rowsFrom(0, COUNT), vectors);
  expect(await recallOf(index, truth, { queries, k: 10 })).toBeGreaterThanOrEqual(0.99);
});

test("fewer rows than a graph is for are scanned, however long that takes", async () => {
  const index = await filled({ ...HASTY, graphFrom: COUNT + 1 });
  await ask(index);
  await index.whenSettled();
  expect(index.stats().kind).toBe("exact-f32-after-bit");
});

test("what is added, replaced and removed while the graph is built is in it when it takes over", async () => {
  const index = await filled(HASTY);
  await ask(index);
  const turn = () => new Promise((resolve) => setTimeout(resolve, 2));
  for (let i = 0; i < 40; i++) {
    await turn();
    await index.add(Uint32Array.of(COUNT + i), rowAt(vectors, i, D));
    await index.add(Uint32Array.of(100 + i), rowAt(vectors, 5000 + i, D));
    await index.remove(Uint32Array.of(1000 + i));
  }
  await index.whenSettled();
  expect(index.stats()).toMatchObject({ kind: "hnsw-int8", count: COUNT });
  for (const i of [0, 20, 39]) {
    const { rows } = await index.search(rowAt(vectors, i, D), { k: 2 });
    expect([...rows].sort((a, b) => a - b)).toContain(COUNT + i);
    const replaced = await index.search(rowAt(vectors, 5000 + i, D), { k: 2 });
    expect([...replaced.rows].sort((a, b) => a - b)).toEqual([100 + i, 5000 + i]);
    const { rows: near } = await index.search(rowAt(vectors, 1000 + i, D), { k: 5 });
    expect([...near]).not.toContain(1000 + i);
  }
});

test("a graph that is no quicker does not take over", async () => {
  // Even rows of many dimensions: no ef that is worth it reaches the recall.
  const even = uniformVectors(seeded(6), 5000, 256);
  const index = await (await loadIndex(HASTY)).create(256);
  await index.add(rowsFrom(0, 5000), even);
  for (let i = 0; i < 30; i++) {
    await index.search(rowAt(even, i, 256), { k: 10 });
    if (i === 0) await index.whenSettled();
  }
  await index.whenSettled();
  expect(index.stats()).toMatchObject({ kind: "exact-f32-after-bit", count: 5000 });
});

test("where no graph fits into memory the scan stays", async () => {
  const exact = await loadBuild("relaxed", "exact");
  const full = { exact, graphs: () => Promise.reject(new Error("memory is full")) };
  const index = await createAdaptive(full, HASTY).create(D);
  await index.add(rowsFrom(0, COUNT), vectors);
  await ask(index);
  await index.whenSettled();
  expect(index.stats().kind).toBe("exact-f32-after-bit");
});

/** Half of these is less than COUNT. */
const OFTEN = { budget: 1e-6, graphFrom: 5000 };

async function shrunken(left: number): Promise<AdaptiveIndex> {
  const index = await filled(OFTEN);
  await ask(index);
  await index.whenSettled();
  expect(index.stats().kind).toBe("hnsw-int8");
  await index.remove(rowsFrom(left, COUNT - left));
  return index;
}

test("goes back to a scan when half of what a graph is for is left, and gives back the graph's memory", async () => {
  const index = await shrunken(2500);
  const held = index.stats().bytes;
  await index.whenSettled();
  expect(index.stats()).toMatchObject({ kind: "exact-f32-after-bit", count: 2500, recall: 1 });
  expect(index.stats().bytes).toBeLessThan(held / 2);
  const truth = await truthOf(rowsFrom(0, 2500), vectors.subarray(0, 2500 * D));
  expect(await recallOf(index, truth, { queries, k: 10 })).toBe(1);
});

test("a graph of more rows than that stays", async () => {
  const index = await shrunken(2501);
  await ask(index);
  await index.whenSettled();
  expect(index.stats()).toMatchObject({ kind: "hnsw-int8", count: 2501 });
});

test("every search is answered while it goes back, with what was added, replaced and removed meanwhile", async () => {
  const index = await shrunken(2500);
  for (let i = 0; i < 40; i++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    await index.add(Uint32Array.of(COUNT + i), rowAt(vectors, 4000 + i, D));
    await index.add(Uint32Array.of(100 + i), rowAt(vectors, 5000 + i, D));
    await index.remove(Uint32Array.of(1000 + i));
    const { rows } = await index.search(rowAt(vectors, 4000 + i, D), { k: 1 });
    expect([...rows]).toEqual([COUNT + i]);
  }
  await index.whenSettled();
  expect(index.stats()).toMatchObject({ kind: "exact-f32-after-bit", count: 2500 });
  for (const i of [0, 20, 39]) {
    const found = async (at: number) => [...(await index.search(rowAt(vectors, at, D), { k: 1 })).rows];
    expect(await found(4000 + i)).toEqual([COUNT + i]);
    expect(await found(5000 + i)).toEqual([100 + i]);
    expect(await found(1000 + i)).not.toEqual([1000 + i]);
  }
});

test("an emptied index goes back too, and on to a graph when it is full again", async () => {
  const index = await shrunken(0);
  await index.whenSettled();
  expect(index.stats()).toMatchObject({ kind: "exact-f32-after-bit", count: 0 });
  await index.add(rowsFrom(0, COUNT), vectors);
  await ask(index);
  await index.whenSettled();
  expect(index.stats()).toMatchObject({ kind: "hnsw-int8", count: COUNT });
});

test("a graph that is opened with few rows goes back at its first search", async () => {
  const graph = await (await loadHnswIndex()).create(D);
  await graph.add(rowsFrom(0, 500), vectors.subarray(0, 500 * D));
  const index = await (await loadIndex()).open(await graph.save(), D);
  await index.search(rowAt(queries, 0, D), { k: 10 });
  await index.whenSettled();
  expect(index.stats()).toMatchObject({ kind: "exact-f32-after-bit", count: 500 });
});

test("a graph that keeps no vectors stays, having none to scan", async () => {
  const graph = await (await loadHnswIndex({ originals: "none" })).create(D);
  await graph.add(rowsFrom(0, 500), vectors.subarray(0, 500 * D));
  const index = await (await loadIndex()).open(await graph.save(), D);
  const allRows = vi.spyOn(HnswIndex.prototype, "allRows");
  await index.search(rowAt(queries, 0, D), { k: 10 });
  await index.whenSettled();
  expect(index.stats()).toMatchObject({ kind: "hnsw-int8", count: 500 });
  expect(allRows).not.toHaveBeenCalled();
});

test("codes that none can better are tried once, and go on choosing", async () => {
  // Even rows: those that came later are like the first.
  const even = uniformVectors(seeded(6), 9000, D);
  const index = await (await loadIndex()).create(D);
  for (let at = 0; at < 9000; at += 4500) await index.add(rowsFrom(at, 4500), even.subarray(at * D, (at + 4500) * D));
  const allRows = vi.spyOn(ExactScan.prototype, "allRows");
  await ask(index);
  const { recall } = index.stats();
  for (let i = 0; i < 4; i++) {
    await index.whenSettled();
    await index.search(rowAt(queries, i, D), { k: 10 });
  }
  await index.whenSettled();
  expect(allRows).toHaveBeenCalledOnce();
  expect(index.stats()).toMatchObject({ kind: "exact-f32-after-bit", count: 9000, recall });
});

test("opens the snapshot of a scan and that of a graph, its own or one that always was one", async () => {
  const kind = await loadIndex();
  const walking = await grown();
  const graph = await (await loadHnswIndex()).create(D);
  await graph.add(rowsFrom(0, COUNT), vectors);
  const asked = { k: 10, ef: 50 };
  for (const index of [await filled(), walking, graph]) {
    const opened = await kind.open(await index.save(), D);
    expect(opened.stats().kind).toBe(index.stats().kind);
    expect(await opened.search(rowAt(queries, 1, D), asked)).toEqual(await index.search(rowAt(queries, 1, D), asked));
  }
});

test("an opened scan goes by what was measured before", async () => {
  const index = await filled();
  await ask(index);
  const opened = await (await loadIndex()).open(await index.save(), D);
  expect(opened.stats().recall).toBe(index.stats().recall);
  await opened.whenSettled();
});

test("the pieces of a snapshot are the snapshot", async () => {
  for (const index of [await filled(), await grown()]) {
    const pieces = [...index.saved()].map((piece) => Buffer.from(piece));
    expect(Buffer.compare(Buffer.concat(pieces), await index.save())).toBe(0);
  }
});

test("closing ends a way back to a scan", async () => {
  const index = await shrunken(2500);
  await index.close();
  await index.whenSettled();
  await expect(index.search(rowAt(queries, 0, D), { k: 1 })).rejects.toMatchObject({ code: "closed" });
});

test("closing ends what is built and measured", async () => {
  const index = await filled(HASTY);
  await ask(index);
  await index.close();
  await index.whenSettled();
  await expect(index.search(rowAt(queries, 0, D), { k: 1 })).rejects.toMatchObject({ code: "closed" });
});

test.each([{ budget: 0 }, { graphFrom: 0 }, { recall: 0 }, { recall: 1.1 }])("refuses %o", async (options) => {
  await expect(loadIndex(options)).rejects.toMatchObject({ code: "bad-input" });
});
