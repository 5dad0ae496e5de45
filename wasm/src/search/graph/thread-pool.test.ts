import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { rowsFrom } from "@pipit/test/fixtures/recall";
import { rowAt, seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import { expect, test } from "vitest";
import { loadBuild, loadHnswIndex } from "../../node.ts";
import { createHnsw } from "./hnsw.ts";
import type { PoolMember } from "./thread-pool.ts";

const D = 48;
const COUNT = 3000;
const vectors = uniformVectors(seeded(71), COUNT, D);

async function built(threads: number) {
  const index = await (await loadHnswIndex({ threads })).create(D);
  await index.add(rowsFrom(0, COUNT), vectors);
  return index;
}

test("two and three threads build the same graph as one, to the bit", async () => {
  const [alone, ...together] = await Promise.all([1, 2, 3].map(built));
  const expected = await alone!.save();
  for (const index of together) expect(Buffer.compare(await index.save(), expected)).toBe(0);
  for (const index of [alone!, ...together]) await index.close();
});

test("three threads build a graph of few links as one does, time after time", async () => {
  const kinds = [1, 3].map((threads) => loadHnswIndex({ threads, m: 4, efConstruction: 8 }));
  const [alone, together] = await Promise.all(kinds.map(async (kind) => (await kind).create(16)));
  for (let round = 0; round < 5; round++) {
    for (const index of [alone!, together!]) await index.add(rowsFrom(0, COUNT), vectors.subarray(0, COUNT * 16));
    expect(Buffer.compare(await together!.save(), await alone!.save())).toBe(0);
    for (const index of [alone!, together!]) await index.remove(rowsFrom(0, COUNT));
  }
});

test("an opened index builds on with its pool", async () => {
  const snapshot = await (await built(1)).save();
  const index = await (await loadHnswIndex({ threads: 2 })).open(snapshot, D);
  await index.remove(rowsFrom(0, 1000));
  await index.add(rowsFrom(5000, 1000), vectors.subarray(0, 1000 * D));
  expect((await index.search(rowAt(vectors, 7, D), { k: 1 })).rows[0]).toBe(5007);
  await index.close();
});

test.each([0, 9, 1.5])("refuses %d threads", async (threads) => {
  await expect(loadHnswIndex({ threads })).rejects.toMatchObject({ code: "bad-input" });
});

test("a snapshot that is refused leaves no thread waiting", async () => {
  const snapshot = await (await built(1)).save();
  snapshot[snapshot.length >> 1]! ^= 1;
  let started = 0;
  const startThread = async () => {
    started++;
  };
  const kind = createHnsw(await loadBuild("threads"), {}, { size: 2, startThread });
  await expect(kind.open(snapshot, D)).rejects.toMatchObject({ code: "bad-snapshot" });
  expect(started).toBe(0);
});

test("says how many threads build", async () => {
  expect([await loadHnswIndex(), await loadHnswIndex({ threads: 3 })].map(({ threads }) => threads)).toEqual([1, 3]);
});

test("when one thread of the pool does not start, the others end", async () => {
  const ends: Promise<unknown>[] = [];
  const startThread = async (member: PoolMember) => {
    if (member.number === 2) throw new Error("no more threads");
    const worker = new Worker(new URL("../node-graph-member.ts", import.meta.url), { workerData: member });
    ends.push(once(worker, "exit"));
    await once(worker, "message");
  };
  const kind = createHnsw(await loadBuild("threads"), {}, { size: 3, startThread });
  await expect(kind.create(D)).rejects.toThrow("no more threads");
  expect(await Promise.all(ends)).toEqual([[0]]);
});
