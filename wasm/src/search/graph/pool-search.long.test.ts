import { rowsFrom } from "@pipit/test/fixtures/recall";
import { rowAt, seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import { describe, expect, test } from "vitest";
import { loadBuild, loadHnswIndex, type NodeHnswOptions } from "../../node.ts";
import { createHnsw } from "./hnsw.ts";
import type { HnswIndex } from "./hnsw-index.ts";
import type { ThreadPool } from "./thread-pool.ts";

const D = 16;
const COUNT = 9000;
const SHAPE = { m: 6, efConstruction: 24 };
const vectors = uniformVectors(seeded(111), COUNT, D);
const queries = uniformVectors(seeded(112), 1000, D);
const NOTHING = { rows: new Uint32Array(), distances: new Float32Array() };
const few = queries.subarray(0, 40 * D);
const snapshot = await made().then((index) => index.save());

async function made(options: NodeHnswOptions = {}, count = COUNT): Promise<HnswIndex> {
  const index = await (await loadHnswIndex({ ...SHAPE, ...options })).create(D);
  await index.add(rowsFrom(0, count), vectors.subarray(0, count * D));
  return index;
}

async function opened(threads: number, bytes = snapshot): Promise<HnswIndex> {
  return (await loadHnswIndex({ ...SHAPE, threads })).open(bytes, D);
}

/** The rows on one side of the sphere: to a query far on the other side none of them is near. */
function oneSide(): Uint32Array {
  const filter = new Uint32Array(Math.ceil(COUNT / 32));
  for (let row = 0; row < COUNT; row++) if (vectors[row * D]! > -0.02) filter[row >>> 5]! |= 1 << (row & 31);
  return filter;
}

describe.each([2, 3])("%d threads over one opened snapshot", async (threads) => {
  const [alone, together] = await Promise.all([opened(1), opened(threads)]);
  const expectSame = async (asked: Parameters<HnswIndex["searchMany"]>[1], given = few) =>
    expect(await together.searchMany(given, asked)).toEqual(await alone.searchMany(given, asked));

  test("answer as one would, for any k and however wide", async () => {
    for (let k = 1; k <= 100; k++) await expectSame({ k, ef: 1 + ((k * 37) % 300) }, few.subarray(0, 6 * D));
    await expectSame({ k: 10 });
    await expectSame({ k: COUNT + 1 }, few.subarray(0, 2 * D));
    await expectSame({ k: 3, ef: 4000 }, few.subarray(0, 3 * D));
  });

  test.each([0, 1, 2, 129, 1000])("answer %d queries in one call as they would one by one", async (count) => {
    const given = queries.subarray(0, count * D);
    const answers = await together.searchMany(given, { k: 7, ef: 30 });
    const each = Array.from({ length: count }, (_, i) => together.search(rowAt(given, i, D), { k: 7, ef: 30 }));
    expect(answers).toEqual(await Promise.all(each));
  });

  test("answer with a filter, by a walk and by a scan", async () => {
    await expectSame({ k: 10, filter: oneSide() });
    await expectSame({ k: 10, ef: 500, filter: oneSide() });
    await expectSame({ k: 10, filter: Uint32Array.of(0b1011) });
    await expectSame({ k: 10 });
  });

  test("give each query its own time, by their own clocks", async () => {
    const rushed = await together.searchMany(queries, { k: 300, ef: 600, deadline: 0 });
    expect(rushed.every(({ partial }) => partial)).toBe(true);
    const calm = await together.searchMany(queries, { k: 10, ef: 64, deadline: 1e6 });
    expect(calm).toEqual(await alone.searchMany(queries, { k: 10, ef: 64 }));
  });

  test("hold no more memory when asked the same again", async () => {
    const index = await opened(threads);
    await index.searchMany(few, { k: 100, ef: 300 });
    const { bytes } = index.stats();
    for (let i = 0; i < 5; i++) await index.searchMany(few, { k: 100, ef: 300 });
    expect(index.stats().bytes).toBe(bytes);
  });

  test("answer as one would when rows have come and gone, were laid out anew and built anew", async () => {
    const both = [alone, together];
    for (const index of both) await index.add(rowsFrom(COUNT, 1000), uniformVectors(seeded(113), 1000, D));
    await expectSame({ k: 20, ef: 400 });
    for (const index of both) await index.remove(rowsFrom(0, COUNT));
    await expectSame({ k: 20, ef: 100 });
    for (const index of both) await index.compact();
    await expectSame({ k: 20, ef: 100 });
    for (const index of both) await index.rebuild({ m: 4, efConstruction: 8 });
    await expectSame({ k: 20, ef: 100 });
  });
});

test("two threads build on as one would, and keep the same truths, whatever they were asked", async () => {
  const grown = [1, 2].map(async (threads) => {
    const index = await opened(threads);
    await index.searchMany(few, { k: 10, filter: oneSide() });
    await index.searchMany(few, { k: 10, ef: 300, deadline: 0 });
    await index.add(rowsFrom(COUNT, 1000), uniformVectors(seeded(114), 1000, D));
    return index.save();
  });
  expect(Buffer.compare((await grown[1])!, (await grown[0])!)).toBe(0);
});

test.each([
  { metric: "cosine", originals: "none" },
  { metric: "squared-l2", originals: "f16" },
] as const)("two threads answer as one would by %o", async (options) => {
  const [alone, together] = [await made(options, 500), await made({ ...options, threads: 2 }, 500)];
  const asked = { k: 10, ef: 50 };
  expect(await together.searchMany(few, asked)).toEqual(await alone.searchMany(few, asked));
});

test("two threads find nothing in an empty index", async () => {
  const index = await made({ threads: 2 }, 0);
  expect(await index.searchMany(few.subarray(0, 2 * D), { k: 5 })).toEqual([NOTHING, NOTHING]);
});

test("where memory is full one thread answers for those that find no room", async () => {
  const roomy = await opened(2);
  const maxBytes = Math.ceil((roomy.stats().bytes + 256) / 65536) * 65536;
  const full = await (await loadHnswIndex({ threads: 2, maxBytes })).open(snapshot, D);
  expect(await full.searchMany(few, { k: 5, ef: 64 })).toEqual(await roomy.searchMany(few, { k: 5, ef: 64 }));
  expect(full.stats().bytes).toBeLessThan(roomy.stats().bytes);
});

test("rows behind many freed slots are linked and found by two threads as by one", async () => {
  const [count, d] = [66_500, 4];
  const many = uniformVectors(seeded(115), count, d);
  const index = await (await loadHnswIndex({ m: 4, efConstruction: 1, originals: "none" })).create(d);
  await index.add(rowsFrom(0, count), many);
  await index.remove(rowsFrom(0, count - 500));
  const saved = await index.save();
  const together = await (await loadHnswIndex({ threads: 2 })).open(saved, d);
  for (const each of [index, together]) await each.add(rowsFrom(0, 500), many.subarray(0, 500 * d));
  const asked = many.subarray(0, 100 * d);
  expect(await together.searchMany(asked, { k: 5 })).toEqual(await index.searchMany(asked, { k: 5 }));
  expect(Buffer.compare(await together.save(), await index.save())).toBe(0);
});

describe("a thread that does not come back", () => {
  const lost: ThreadPool = { size: 2, patience: 20, startThread: async () => {} };

  test.each([
    ["building", (index: HnswIndex) => index.add(rowsFrom(500, 500), vectors.subarray(0, 500 * D))],
    ["answering", (index: HnswIndex) => index.searchMany(few, { k: 3, ef: 64 })],
  ])("ends what waits for it in %s with worker-died", async (_, call) => {
    const index = await createHnsw(await loadBuild("threads"), SHAPE, lost).create(D);
    await index.add(rowsFrom(0, 3), vectors.subarray(0, 3 * D));
    await expect(call(index)).rejects.toMatchObject({ code: "worker-died" });
    expect((await index.search(rowAt(vectors, 1, D), { k: 1 })).rows[0]).toBe(1);
  });
});
