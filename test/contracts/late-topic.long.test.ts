import { letOthersRun, type Neighbors, type VectorIndex } from "@pipit/core";
import type { AdaptiveIndex } from "@pipit/wasm";
import { loadExactIndex, loadIndex } from "@pipit/wasm/node";
import { beforeAll, expect, test } from "vitest";
import { countFound } from "../fixtures/found.ts";
import { lateTopic } from "../fixtures/late-topic.ts";
import { rowsFrom, truthOf } from "../fixtures/recall.ts";
import { rowAt, seeded } from "../fixtures/seeded.ts";

const seed = Number(process.env.PIPIT_SEED ?? 3);
const [FIRST, LATER, QUERIES, K] = [4500, 11_500, 100, 10];
const COUNT = FIRST + LATER;
const EF = 80;
const { vectors, queries, dimensions } = lateTopic(seed, { first: FIRST, later: LATER, queries: QUERIES });
const truths: Neighbors[] = [];

beforeAll(async () => {
  const truth = await truthOf(rowsFrom(0, COUNT), vectors);
  for (let i = 0; i < QUERIES; i++) truths.push(await truth.search(rowAt(queries, i, dimensions), { k: K }));
});

test("codes by the first rows give way to codes by all, and no search misses anything meanwhile", async () => {
  const index = await grown();
  await expectFound(index, "at once");
  // The measurement finds that the codes are not good enough.
  await index.whenSettled();
  const [byFirst, byAll] = [await codeRecall(index), await codeRecall(await shuffled())];
  expect(byFirst, `recall of ${EF} candidates`).toBeLessThan(byAll - 0.02);
  const before = index.candidates ?? COUNT;
  await index.search(rowAt(queries, 0, dimensions), { k: K });
  // After that every row is compared.
  expect([index.candidates, index.stats().recall]).toEqual([undefined, 1]);
  let isSettled = false;
  const settled = index.whenSettled().then(() => {
    isSettled = true;
  });
  let found = 0;
  let asked = 0;
  for (; !isSettled; asked++) {
    found += await foundOf(index, asked % QUERIES);
    await letOthersRun();
  }
  await settled;
  expect(found / (asked * K), `recall of ${asked} searches meanwhile`).toBeGreaterThanOrEqual(0.99);
  await expectFound(index, "in the end");
  // Codes calibrated by all rows cannot be improved, however many candidates they need.
  await index.whenSettled();
  expect(index.candidates).toBeDefined();
  expect(index.candidates).toBeLessThanOrEqual(before);
  expect(await codeRecall(index), `recall of ${EF} candidates`).toBeGreaterThan(byAll - 0.01);
  expect(index.stats()).toMatchObject({ kind: "exact-f32-after-bit", count: COUNT });
});

test("a snapshot keeps the codes by all", async () => {
  const index = await settledIndex();
  const opened = await (await loadIndex()).open(await index.save(), dimensions);
  expect(opened.candidates).toBe(index.candidates);
  await expectFound(opened, "opened");
  const query = rowAt(queries, 1, dimensions);
  expect(await opened.search(query, { k: K, ef: 64 })).toEqual(await index.search(query, { k: K, ef: 64 }));
});

test("rows that come, change and go meanwhile are there, or are not, under the new codes", async () => {
  const index = await grown();
  await ask(index);
  for (let i = 0; i < 30; i++) {
    await index.add(Uint32Array.of(COUNT + i), rowAt(vectors, i, dimensions));
    await index.add(Uint32Array.of(100 + i), rowAt(queries, i % QUERIES, dimensions));
    await index.remove(Uint32Array.of(200 + i));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await ask(index);
  expect(index.stats().count).toBe(COUNT);
  for (const i of [0, 13, 19]) {
    const found = async (vector: Float32Array) => [...(await index.search(vector, { k: 2 })).rows];
    expect(await found(rowAt(vectors, i, dimensions))).toContain(COUNT + i);
    expect(await found(rowAt(queries, i, dimensions))).toContain(100 + i);
    expect(await found(rowAt(vectors, 200 + i, dimensions))).not.toContain(200 + i);
  }
});

/** An index with the rows added in the set's order. */
async function grown(): Promise<AdaptiveIndex> {
  const index = await (await loadIndex({ budget: 1000 })).create(dimensions);
  await fill(index, rowsFrom(0, COUNT));
  return index;
}

async function settledIndex(): Promise<AdaptiveIndex> {
  const index = await grown();
  await ask(index);
  await ask(index);
  return index;
}

/** Searches twice: the first search starts a measurement, the second one uses its result. */
async function ask(index: AdaptiveIndex): Promise<void> {
  for (let i = 0; i < 2; i++) {
    await index.search(rowAt(queries, i, dimensions), { k: K });
    await index.whenSettled();
  }
}

/** Recall with few candidates: codes that do not separate the rows miss more of them. */
async function codeRecall(index: VectorIndex): Promise<number> {
  let found = 0;
  for (const [i, truth] of truths.entries()) {
    found += countFound(truth, await index.search(rowAt(queries, i, dimensions), { k: K, ef: EF }));
  }
  return found / (QUERIES * K);
}

/** An index whose codes were made from all rows: in random order its first rows are a sample of all. */
async function shuffled(): Promise<VectorIndex> {
  const index = await (await loadExactIndex({ firstPass: "bit", calibrateAt: 4096 })).create(dimensions);
  const random = seeded(seed);
  const order = rowsFrom(0, COUNT).map((row) => row);
  for (let i = COUNT - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1));
    [order[i], order[other]] = [order[other]!, order[i]!];
  }
  await fill(index, order);
  return index;
}

async function fill(index: VectorIndex, order: Uint32Array): Promise<void> {
  for (let at = 0; at < order.length; at += 1000) {
    const rows = order.subarray(at, at + 1000);
    const some = new Float32Array(rows.length * dimensions);
    for (const [i, row] of rows.entries()) some.set(rowAt(vectors, row, dimensions), i * dimensions);
    await index.add(rows, some);
  }
}

async function expectFound(index: VectorIndex, when: string): Promise<void> {
  let found = 0;
  for (let i = 0; i < QUERIES; i++) found += await foundOf(index, i);
  const recall = found / (QUERIES * K);
  expect(recall, `recall@${K} ${recall.toFixed(4)} (${when}, seed ${seed})`).toBeGreaterThanOrEqual(0.99);
}

async function foundOf(index: VectorIndex, i: number): Promise<number> {
  return countFound(truths[i]!, await index.search(rowAt(queries, i, dimensions), { k: K }));
}
