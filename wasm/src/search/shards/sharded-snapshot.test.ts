import { rowsFrom } from "@pipit/test/fixtures/recall";
import { rowAt, seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import { describe, expect, test } from "vitest";
import { loadExactIndex, loadHnswIndex } from "../../node.ts";
import { joinContainer, type Section } from "../../shared/snapshot/container.ts";
import { createSharded } from "./sharded-kind.ts";
import { SHARDED_KIND, saveShards } from "./sharded-snapshot.ts";

const D = 16;
const vectors = uniformVectors(seeded(111), 100, D);
const query = rowAt(uniformVectors(seeded(112), 1, D), 0, D);
const hnsw = await loadHnswIndex();
const kind = createSharded(hnsw, { rows: 40 });

async function filled() {
  const index = await kind.create(D);
  await index.add(rowsFrom(0, 100), vectors);
  return index;
}

test("a snapshot opens to shards that rows are still updated in", async () => {
  const opened = await kind.open(await (await filled()).save(), D);
  await opened.add(Uint32Array.of(2), rowAt(vectors, 99, D));
  expect(opened.stats().count).toBe(100);
  expect([...(await opened.search(rowAt(vectors, 99, D), { k: 2 })).rows]).toEqual([2, 99]);
  expect(await opened.remove(rowsFrom(0, 100))).toBe(100);
});

test("a snapshot is read by ranges, no part of a shard twice", async () => {
  const index = await filled();
  const saved = await index.save();
  let read = 0;
  const reader = {
    size: saved.length,
    read: async (offset: number, target: Uint8Array) => {
      read += target.length;
      target.set(saved.subarray(offset, offset + target.length));
    },
  };
  const opened = await kind.open(reader, D);
  expect(await opened.search(query, { k: 10 })).toEqual(await index.search(query, { k: 10 }));
  expect(read).toBeLessThan(saved.length * 1.1);
});

test("a snapshot of shards of another kind is refused", async () => {
  const opening = createSharded(await loadExactIndex()).open(await (await filled()).save(), D);
  await expect(opening).rejects.toMatchObject({ code: "bad-snapshot" });
});

describe("a snapshot whose sums are right is refused", () => {
  const shard = async (first: number, count: number) => {
    const index = await hnsw.create(D);
    await index.add(rowsFrom(first, count), vectors.subarray(first * D, (first + count) * D));
    return index;
  };
  const refused = async (snapshot: Uint8Array, message: RegExp) => {
    await expect(kind.open(snapshot, D)).rejects.toMatchObject({ code: "bad-snapshot" });
    await expect(kind.open(snapshot, D)).rejects.toThrow(message);
  };

  test("when a row lies in two shards", async () => {
    const indexes = [await shard(0, 5), await shard(4, 5)];
    const rows = [rowsFrom(0, 5), rowsFrom(4, 5)];
    await refused(await saveShards({ indexes, rows }, hnsw.hash), /row 4 twice/);
  });

  test("when a shard holds another number of rows than it says", async () => {
    const snapshot = await saveShards({ indexes: [await shard(0, 5)], rows: [rowsFrom(0, 4)] }, hnsw.hash);
    await refused(snapshot, /got 5 rows in shard 0, expected 4/);
  });

  const made = (words: number[], sections: Section[]) =>
    joinContainer({ kind: SHARDED_KIND, sequence: 0n, words, numbers: [] }, sections, hnsw.hash);
  const section = (tag: number, bytes: Uint8Array): Section => ({ tag, bytes: bytes.length, pieces: () => [bytes] });

  test("when there is no shard", async () => {
    await refused(made([], [section(0xffff, new Uint8Array(0))]), /0 shards/);
  });

  test("when there are more sections than shards and their rows", async () => {
    const sections = [0, 1, 0xffff].map((tag) => section(tag, new Uint8Array(0)));
    await refused(made([0], sections), /got 3 sections/);
  });

  test("when there are fewer rows than shards hold", async () => {
    await refused(made([5], [section(0, new Uint8Array(0)), section(0xffff, new Uint8Array(4))]), /4 bytes of row/);
  });

  test("when a shard has another number", async () => {
    await refused(made([0], [section(1, new Uint8Array(0)), section(0xffff, new Uint8Array(0))]), /no section 0/);
  });
});
