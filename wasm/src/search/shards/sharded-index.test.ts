import { exactIndex, type NeighborQuery, PipitError, type VectorIndex } from "@pipit/core";
import { rowsFrom, truthOf } from "@pipit/test/fixtures/recall";
import { rowAt, seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import { describe, expect, test } from "vitest";
import { loadExactIndex, loadHnswIndex } from "../../node.ts";
import type { ShardKind } from "./shard-kind.ts";
import { createSharded, type ShardOptions } from "./sharded-kind.ts";

const D = 16;
const vectors = uniformVectors(seeded(101), 20_000, D);
const query = rowAt(uniformVectors(seeded(102), 1, D), 0, D);
const vector = (row: number) => rowAt(vectors, row, D);
const hnsw = await loadHnswIndex();

/** Shards of a kind, each to be looked at. */
async function sharded(kind: ShardKind, options?: ShardOptions) {
  const begun: VectorIndex[] = [];
  const spied: ShardKind = {
    ...kind,
    create: async (dimensions) => {
      const index = await kind.create(dimensions);
      begun.push(index);
      return index;
    },
  };
  const index = await createSharded(spied, options).create(D);
  return { index, begun, counts: () => begun.map((shard) => shard.stats().count) };
}

/** Exact shards that behave as the changes say. */
function kindOf(changes: (index: VectorIndex) => Partial<VectorIndex>): ShardKind {
  const create = async () => {
    const index = await exactIndex.create(D);
    const own = {
      add: index.add.bind(index),
      remove: index.remove.bind(index),
      search: index.search.bind(index),
      stats: index.stats.bind(index),
      save: index.save.bind(index),
      close: index.close.bind(index),
    };
    return { ...own, ...changes(index) };
  };
  return { name: "exact", hash: hnsw.hash, create, open: create };
}

const full = () => new PipitError("storage-full", { got: "much", expected: "less", do: "Wait." });
const refuse = async () => Promise.reject(full());

/** So many rows a shard, beyond which it has no memory: also not for an update, as a kernel asks for room before all else. */
function walled(rows: number): ShardKind {
  return kindOf((index) => ({
    add: async (added, given) =>
      index.stats().count + added.length > rows ? Promise.reject(full()) : index.add(added, given),
  }));
}

describe("a new shard is begun", () => {
  test("when the last one holds the rows it may", async () => {
    const { index, counts } = await sharded(hnsw, { rows: 40 });
    await index.add(rowsFrom(0, 100), vectors.subarray(0, 100 * D));
    expect(counts()).toEqual([40, 40, 20]);
  });

  test("when the last one's memory is full, and no row is lost by that", async () => {
    const { index, begun } = await sharded(await loadExactIndex({ maxBytes: 2 ** 21 }));
    // Every vector twice, in different shards: of equals the smaller row comes first there too.
    for (const from of [0, 20_000]) await index.add(rowsFrom(from, 20_000), vectors);
    const truth = await truthOf(rowsFrom(0, 20_000), vectors);
    await truth.add(rowsFrom(20_000, 20_000), vectors);
    const [got, expected] = [await index.search(query, { k: 50 }), await truth.search(query, { k: 50 })];
    expect(begun.length).toBeGreaterThanOrEqual(2);
    expect(index.stats().count).toBe(40_000);
    expect(got.rows).toEqual(expected.rows);
  });

  test("only when not one row more goes into the last", async () => {
    const { index, counts } = await sharded(walled(100));
    await index.add(rowsFrom(0, 230), vectors.subarray(0, 230 * D));
    expect(counts()).toEqual([100, 100, 30]);
  });

  test("after room that removal made was used", async () => {
    const { index, counts } = await sharded(walled(100));
    await index.add(rowsFrom(0, 150), vectors.subarray(0, 150 * D));
    await index.remove(rowsFrom(10, 60));
    await index.add(rowsFrom(200, 100), vectors.subarray(200 * D, 300 * D));
    expect(counts()).toEqual([100, 90]);
  });
});

describe("a row that is added again", () => {
  test("is updated where it lies", async () => {
    const { index, begun, counts } = await sharded(hnsw, { rows: 5 });
    await index.add(rowsFrom(0, 12), vectors.subarray(0, 12 * D));
    await index.add(Uint32Array.of(1, 8), vectors.subarray(40 * D, 42 * D));
    expect(counts()).toEqual([5, 5, 2]);
    expect((await begun[0]!.search(vector(40), { k: 1 })).rows[0]).toBe(1);
    expect((await begun[1]!.search(vector(41), { k: 1 })).rows[0]).toBe(8);
  });

  test("moves to another shard when its own has no room to update it", async () => {
    const { index, counts } = await sharded(walled(10));
    await index.add(rowsFrom(0, 10), vectors.subarray(0, 10 * D));
    await index.add(Uint32Array.of(3), vector(40));
    expect(counts()).toEqual([9, 1]);
    expect((await index.search(vector(40), { k: 20 })).rows.filter((row) => row === 3)).toHaveLength(1);
    expect(await index.remove(rowsFrom(0, 10))).toBe(10);
  });

  test("with another moves whole, also when its own shard has room for one of them", async () => {
    const { index, counts } = await sharded(walled(10));
    await index.add(rowsFrom(0, 9), vectors.subarray(0, 9 * D));
    await index.add(Uint32Array.of(3, 4), vectors.subarray(40 * D, 42 * D));
    expect(counts()).toEqual([7, 2]);
    expect((await index.search(vector(41), { k: 1 })).rows[0]).toBe(4);
  });

  test("is found once, by its new vector, while it moves", async () => {
    let midway: number[] = [];
    const kind = kindOf((shard) => ({
      add: walledAdd(shard, 10),
      remove: async (rows) => {
        midway = [...(await index.search(vector(40), { k: 20 })).rows];
        return shard.remove(rows);
      },
    }));
    const { index } = await sharded(kind);
    await index.add(rowsFrom(0, 10), vectors.subarray(0, 10 * D));
    await index.add(Uint32Array.of(3), vector(40));
    expect(midway.filter((row) => row === 3)).toHaveLength(1);
    expect(midway[0]).toBe(3);
  });

  test("by two calls at once lies in one shard", async () => {
    const { index } = await sharded(hnsw, { rows: 1 });
    await index.add(Uint32Array.of(1), vector(1));
    await Promise.all([index.add(Uint32Array.of(7), vector(7)), index.add(Uint32Array.of(7), vector(8))]);
    expect(index.stats().count).toBe(2);
    expect((await index.search(vector(8), { k: 1 })).distances[0]).toBeCloseTo(0, 5);
  });
});

test("a row that is removed twice in one call takes no other with it", async () => {
  const { index } = await sharded(hnsw);
  await index.add(Uint32Array.of(3, 4), vectors.subarray(3 * D, 5 * D));
  expect(await index.remove(Uint32Array.of(3, 3))).toBe(1);
  expect([...(await index.search(query, { k: 5 })).rows]).toEqual([4]);
});

test("arrays that change after the call do no harm", async () => {
  const { index } = await sharded(hnsw);
  const [rows, given] = [Uint32Array.of(5), vector(5).slice()];
  const adding = index.add(rows, given);
  rows.fill(6);
  given.fill(1);
  await adding;
  const found = await index.search(vector(5), { k: 1 });
  expect([found.rows[0], found.distances[0]]).toEqual([5, expect.closeTo(0, 5)]);
});

describe("a search", () => {
  const asking = async (asked: NeighborQuery, shards: number, wait = 0) => {
    const seen: NeighborQuery[] = [];
    const kind = kindOf((shard) => ({
      search: async (vector, each) => {
        seen.push(each);
        const until = performance.now() + wait;
        while (performance.now() < until);
        return { ...(await shard.search(vector, each)), partial: seen.length === 2 };
      },
    }));
    const { index } = await sharded(kind, { rows: 1 });
    await index.add(rowsFrom(0, shards), vectors.subarray(0, shards * D));
    return { answer: await index.search(query, asked), seen };
  };

  test("is partial when one shard's answer is", async () => {
    expect((await asking({ k: 2 }, 3)).answer.partial).toBe(true);
    expect((await asking({ k: 2 }, 1)).answer.partial).toBeUndefined();
  });

  test("hands on ef, target and filter as they are", async () => {
    const asked = { k: 2, ef: 77, target: 0.9, filter: Uint32Array.of(3) };
    for (const each of (await asking(asked, 3)).seen) expect(each).toMatchObject(asked);
  });

  test("gives each shard its share of the time that is left, and none when it is up", async () => {
    const { seen } = await asking({ k: 2, deadline: 30 }, 3, 20);
    const [first, second, third] = seen.map(({ deadline }) => deadline!);
    expect(first).toBe(10);
    expect(second).toBeLessThanOrEqual(5);
    expect(third).toBe(0);
  });

  test("of a time that is none is refused as by one index", async () => {
    const { index } = await sharded(hnsw, { rows: 1 });
    await index.add(rowsFrom(0, 3), vectors.subarray(0, 3 * D));
    for (const deadline of [-1, Number.NaN])
      await expect(index.search(query, { k: 1, deadline })).rejects.toMatchObject({ code: "bad-input" });
  });
});

describe("when there is no more room", () => {
  test("for one row in an empty shard, the shard's own words are heard", async () => {
    const { index, begun } = await sharded(kindOf(() => ({ add: refuse })));
    await expect(index.add(rowsFrom(0, 3), vectors.subarray(0, 3 * D))).rejects.toThrow("got much, expected less");
    expect(begun).toHaveLength(1);
  });

  test("for a 64th shard, the rows before it are there", async () => {
    const { index } = await sharded(walled(1));
    await expect(index.add(rowsFrom(0, 64), vectors.subarray(0, 64 * D))).rejects.toMatchObject({
      code: "storage-full",
    });
    expect(index.stats().count).toBe(63);
    expect((await index.search(vector(62), { k: 1 })).rows[0]).toBe(62);
  });

  test("for another memory in this process, it is said as for any storage", async () => {
    let memories = 0;
    const kind = walled(1);
    const create = async (dimensions: number) => {
      if (memories++ === 2) throw new RangeError("could not allocate memory");
      return kind.create(dimensions);
    };
    const { index } = await sharded({ ...kind, create });
    await expect(index.add(rowsFrom(0, 3), vectors.subarray(0, 3 * D))).rejects.toMatchObject({
      code: "storage-full",
      cause: expect.any(RangeError),
    });
    await index.remove(Uint32Array.of(0));
    await index.add(Uint32Array.of(9), vector(9));
    expect((await index.search(vector(9), { k: 1 })).rows[0]).toBe(9);
  });
});

test("once closed no shard is asked, though it were still open", async () => {
  const { index } = await sharded(kindOf(() => ({ close: async () => {} })));
  await index.close();
  const calls = [
    () => index.add(Uint32Array.of(1), vector(1)),
    () => index.remove(Uint32Array.of(1)),
    () => index.search(query, { k: 1 }),
    () => index.save(),
  ];
  for (const call of calls) await expect(call()).rejects.toMatchObject({ code: "closed" });
});

test.each([0, 1.5, Number.NaN])("shards of %d rows are refused", (rows) => {
  expect(() => createSharded(hnsw, { rows })).toThrow(expect.objectContaining({ code: "bad-input" }));
});

function walledAdd(shard: VectorIndex, rows: number): VectorIndex["add"] {
  return async (added, given) => (shard.stats().count + added.length > rows ? refuse() : shard.add(added, given));
}
