import { type ErrorCode, exactIndex, type VectorIndex } from "@pipit/core";
import { recallOf, rowsFrom, truthOf } from "@pipit/test/fixtures/recall";
import { rowAt, seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import { describe, expect, test } from "vitest";
import { loadBuild } from "../../node.ts";
import { type HnswOptions, METRICS, ORIGINALS } from "../options.ts";
import { inspectGraph } from "./graph-report.ts";
import { createHnsw } from "./hnsw.ts";
import type { HnswIndex } from "./hnsw-index.ts";

const D = 16;
const COUNT = 300;
const module = await loadBuild("simd");
const vectors = uniformVectors(seeded(71), COUNT, D);
const query = uniformVectors(seeded(72), 1, D);
const few = Uint32Array.of(0b1011);

async function filled(options: HnswOptions = {}, count = COUNT): Promise<HnswIndex> {
  const index = await createHnsw(module, options).create(D);
  await index.add(rowsFrom(0, count), vectors.subarray(0, count * D));
  return index;
}

async function refuses(call: Promise<unknown>, code: ErrorCode): Promise<void> {
  await expect(call).rejects.toMatchObject({ code });
}

function expectWhole(index: VectorIndex): void {
  const { levels, faults } = inspectGraph(index);
  expect(faults).toEqual([]);
  for (const { nodes, reachable } of levels) expect(reachable).toBe(nodes);
}

describe.each(METRICS)("under %s", (metric) => {
  test.each(ORIGINALS)("with originals %s, what no vector can be is refused and changes nothing", async (originals) => {
    const index = await filled({ metric, originals }, 20);
    const before = await index.save();
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3e38]) {
      const bad = vectors.slice(0, 2 * D);
      bad[D + 3] = value;
      await refuses(index.add(Uint32Array.of(1, 2), bad), "bad-vector");
      await refuses(index.search(bad.subarray(D), { k: 1 }), "bad-vector");
    }
    await refuses(index.add(Uint32Array.of(1), new Float32Array(D)), "bad-vector");
    await refuses(index.add(Uint32Array.of(1), new Float32Array(D + 1).fill(1)), "bad-vector");
    await refuses(index.add(Uint32Array.of(1, 2), vectors.subarray(0, D)), "bad-input");
    expect(await index.save()).toEqual(before);
  });

  test("vectors of one value in each place, and of one value in all, are as good as others", async () => {
    const index = await createHnsw(module, { metric }).create(D);
    const flat = Float32Array.from({ length: (D + 1) * D }, (_, i) =>
      i >= D * D || Math.floor(i / D) === i % D ? 1 : 0,
    );
    await index.add(rowsFrom(0, D + 1), flat);
    const { rows, distances } = await index.search(rowAt(flat, 5, D), { k: D + 1 });
    expect(rows).toHaveLength(D + 1);
    expect(distances.every(Number.isFinite)).toBe(true);
    expectWhole(index);
  });

  test("its snapshot opens although the truth kept in it has distances of that metric", async () => {
    const kind = createHnsw(module, { metric });
    const index = await kind.create(D);
    await index.add(
      rowsFrom(0, COUNT),
      vectors.map((x) => x * 7),
    );
    await index.search(query, { k: 10 });
    const { recall } = await index.recall({ scans: 100 });
    const opened = await kind.open(await index.save(), D);
    expect((await opened.recall({ scans: 0 })).recall).toBe(recall);
  });
});

test("cosine takes vectors and queries of any length as directions", async () => {
  const index = await createHnsw(module, { metric: "cosine" }).create(D);
  const scaled = vectors.map((x, i) => x * 10 ** ((Math.floor(i / D) % 9) - 4));
  await index.add(rowsFrom(0, COUNT), scaled);
  const plain = await filled({ metric: "inner-product" });
  const [got, expected] = [
    await index.search(
      query.map((x) => x * 1e5),
      { k: 20, ef: 300 },
    ),
    await plain.search(query, { k: 20, ef: 300 }),
  ];
  expect([...got.rows]).toEqual([...expected.rows]);
  for (const [i, distance] of expected.distances.entries()) expect(got.distances[i]).toBeCloseTo(distance, 5);
});

test.each(["f32", "f16"] as const)("squared distances are true with originals %s", async (originals) => {
  const index = await createHnsw(module, { metric: "squared-l2", originals }).create(D);
  const scaled = vectors.map((x, i) => x * (1 + (Math.floor(i / D) % 5)));
  await index.add(rowsFrom(0, COUNT), scaled);
  const { rows, distances } = await index.search(query, { k: 50, ef: 300 });
  for (const [i, row] of rows.entries()) {
    const expected = rowAt(scaled, row, D).reduce((sum, x, j) => sum + (x - query[j]!) ** 2, 0);
    expect(distances[i]).toBeCloseTo(expected, originals === "f32" ? 4 : 2);
  }
});

test("a vector longer than halves can say is refused where originals are halves, and taken elsewhere", async () => {
  const large = new Float32Array(D).fill(0);
  large[2] = 65_536;
  const [halves, singles] = [
    await filled({ originals: "f16", metric: "squared-l2" }, 5),
    await filled({ metric: "squared-l2" }, 5),
  ];
  await refuses(halves.add(Uint32Array.of(9), large), "bad-vector");
  large[2] = 65_504;
  await halves.add(Uint32Array.of(9), large);
  await singles.add(
    Uint32Array.of(9),
    large.map((x) => x * 2),
  );
  expect((await halves.search(large, { k: 1 })).distances[0]).toBe(0);
});

describe.each([1, 2, 4096])("an index of %i dimensions", (dimensions) => {
  const wide = uniformVectors(seeded(74), 60, dimensions);

  test.each(ORIGINALS)("with originals %s answers as the truth does and opens again", async (originals) => {
    const kind = createHnsw(module, { originals });
    const index = await kind.create(dimensions);
    await index.add(rowsFrom(0, 60), wide);
    const truth = await exactIndex.create(dimensions);
    await truth.add(rowsFrom(0, 60), wide);
    const asked = rowAt(wide, 7, dimensions);
    const [got, expected] = [await index.search(asked, { k: 60 }), await truth.search(asked, { k: 60 })];
    for (const [i, distance] of expected.distances.entries())
      expect(Math.abs(got.distances[i]! - distance)).toBeLessThan(0.03);
    const opened = await kind.open(await index.save(), dimensions);
    expect(await opened.search(asked, { k: 60 })).toEqual(got);
    expectWhole(opened);
  });
});

test.each([0, -1, 4097, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
  "no index has %d dimensions",
  async (dimensions) => {
    await refuses(createHnsw(module).create(dimensions), "bad-input");
    await refuses(createHnsw(module).open(await (await filled({}, 3)).save(), dimensions), "bad-snapshot");
  },
);

describe("what is asked for", () => {
  test.each([0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("a k of %d is refused", async (k) => {
    const index = await filled({}, 5);
    await refuses(index.search(query, { k }), "bad-input");
    await refuses(index.search(query, { k, filter: few }), "bad-input");
  });

  test.each([COUNT, COUNT + 1, 65_537, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER])(
    "a k of %d answers with all there are",
    async (k) => {
      const index = await filled();
      expect(new Set((await index.search(query, { k })).rows).size).toBe(COUNT);
      expect((await index.search(query, { k, filter: few })).rows).toHaveLength(3);
    },
  );

  test.each([0, -3, 2.5, Number.NaN, 2 ** 53])("an ef of %d is refused, under a filter of few rows too", async (ef) => {
    const index = await filled({}, 5);
    await refuses(index.search(query, { k: 1, ef }), "bad-input");
    await refuses(index.search(query, { k: 1, ef, filter: few }), "bad-input");
  });

  test.each([-1, Number.NaN, Number.NEGATIVE_INFINITY])(
    "a deadline of %d is refused, under a filter of few rows too",
    async (deadline) => {
      const index = await filled({}, 5);
      await refuses(index.search(query, { k: 1, deadline }), "bad-input");
      await refuses(index.search(query, { k: 1, deadline, filter: few }), "bad-input");
    },
  );

  test.each([-0.1, 1.1, Number.NaN])("a target of %d is refused", async (target) => {
    await refuses((await filled({}, 5)).search(query, { k: 1, target }), "bad-input");
  });

  test("a deadline of 0 answers with what is found at once, and says so", async () => {
    const index = await filled();
    const { rows, partial } = await index.search(query, { k: 10, ef: COUNT, deadline: 0 });
    expect(partial).toBe(true);
    expect(rows.length).toBeLessThanOrEqual(10);
    expect((await index.search(query, { k: 10, ef: COUNT })).partial).toBeUndefined();
  });

  test.each([1e9, Number.POSITIVE_INFINITY])("a deadline of %d changes no answer", async (deadline) => {
    const index = await filled();
    expect(await index.search(query, { k: 10, deadline })).toEqual(await index.search(query, { k: 10 }));
  });
});

describe("rows", () => {
  test("the last of many vectors for one row in a call of several batches counts", async () => {
    const index = await createHnsw(module).create(D);
    const many = uniformVectors(seeded(75), 9000, D);
    await index.add(
      rowsFrom(0, 9000).map((i) => i % 7),
      many,
    );
    expect(index.stats().count).toBe(7);
    for (let row = 0; row < 7; row++) {
      const last = 8999 - ((8999 - row) % 7);
      const { rows, distances } = await index.search(rowAt(many, last, D), { k: 1 });
      expect([rows[0], Math.abs(distances[0]!) < 1e-5]).toEqual([row, true]);
    }
    expectWhole(index);
  });

  test("the largest number a row can have is one like others", async () => {
    const kind = createHnsw(module);
    const index = await kind.create(D);
    const last = 4_294_967_295;
    await index.add(Uint32Array.of(0, last, last - 1), vectors.subarray(0, 3 * D));
    const opened = await kind.open(await index.save(), D);
    for (const each of [index, opened]) {
      expect((await each.search(rowAt(vectors, 1, D), { k: 1 })).rows[0]).toBe(last);
      expect(await each.remove(Uint32Array.of(last, last, 5))).toBe(1);
      expect([...(await each.search(query, { k: 5 })).rows].sort((a, b) => a - b)).toEqual([0, last - 1]);
    }
  });

  test("nothing added or removed is nothing done", async () => {
    const index = await filled({}, 20);
    const before = await index.save();
    await index.add(new Uint32Array(0), new Float32Array(0));
    expect(await index.remove(new Uint32Array(0))).toBe(0);
    expect(await index.remove(Uint32Array.of(500))).toBe(0);
    expect(await index.save()).toEqual(before);
  });
});

describe.each([2 ** 20, 3 * 2 ** 19])("an index that may hold %i bytes", (maxBytes) => {
  const many = uniformVectors(seeded(76), 12_000, D);
  const part = (from: number, count: number) => many.subarray(from * D, (from + count) * D);

  test.each([1, 37, 700])("filled to the wall by %i rows a call, loses nothing", async (step) => {
    const kind = createHnsw(module, { maxBytes, m: 4, efConstruction: 20 });
    const index = await kind.create(D);
    const held = await fillToTheWall(index, step);
    await expectHolds(index, held);
    await index.remove(rowsFrom(0, Math.floor(held / 2)));
    await index.compact();
    expect(index.stats().count).toBe(held - Math.floor(held / 2));
    await index.add(rowsFrom(0, Math.floor(held / 4)), part(0, Math.floor(held / 4)));
    expectWhole(index);
    expect(index.stats().bytes).toBeLessThanOrEqual(maxBytes);
  });

  async function fillToTheWall(index: HnswIndex, step: number): Promise<number> {
    for (let held = 0; held + step <= 12_000; held += step) {
      try {
        await index.add(rowsFrom(held, step), part(held, step));
      } catch (error) {
        expect(error).toMatchObject({ code: "storage-full" });
        return held;
      }
    }
    throw new Error("there is no wall");
  }

  async function expectHolds(index: HnswIndex, held: number): Promise<void> {
    expect(index.stats().count).toBe(held);
    expectWhole(index);
    const opened = await createHnsw(module).open(await index.save(), D);
    for (let row = 0; row < held; row += 1 + (held >> 5)) {
      for (const each of [index, opened]) {
        expect((await each.search(rowAt(many, row, D), { k: 1, ef: 256 })).rows[0]).toBe(row);
      }
    }
  }
});

test("a filter of many rows is walked; above level 0 it is not, where links of slots that have none were once read", async () => {
  const [dimensions, count] = [10, 6000];
  const random = seeded(77);
  const many = uniformVectors(random, count, dimensions);
  const index = await createHnsw(module, { m: 28, efConstruction: 40 }).create(dimensions);
  await index.add(rowsFrom(0, count), many);
  const truth = await truthOf(rowsFrom(0, count), many);
  const filter = new Uint32Array(Math.ceil(count / 32));
  for (let row = 0; row < count; row++) if (random() < 0.8) filter[row >>> 5]! |= 1 << (row & 31);
  const queries = uniformVectors(random, 60, dimensions);
  expect(await recallOf(index, truth, { queries, k: 10, ef: 64, filter })).toBeGreaterThanOrEqual(0.97);
});

test("every call to a closed index but close is refused as closed", async () => {
  const index = await filled({}, 5);
  await index.close();
  await index.close();
  const calls = [
    () => index.add(Uint32Array.of(1), rowAt(vectors, 1, D)),
    () => index.remove(Uint32Array.of(1)),
    () => index.search(query, { k: 1 }),
    () => index.compact(),
    () => index.recall(),
    () => index.measureCurve({ target: 0.9, clock: () => 0 }),
    () => index.save(),
    async () => [...index.saved()],
  ];
  for (const call of calls) await refuses(call(), "closed");
});
