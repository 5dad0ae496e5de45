import { exactIndex, type Neighbors } from "@pipit/core";
import { describe, expect, test } from "vitest";
import { rowsFrom } from "../../../test/fixtures/recall.ts";
import { rowAt, seeded, uniformVectors } from "../../../test/fixtures/seeded.ts";
import type { ProbeSearch } from "./probe.ts";
import type { TruthSource } from "./sampled-query.ts";
import type { TruthOptions } from "./truth-options.ts";
import { TruthSample } from "./truth-sample.ts";

const D = 8;
const vectors = uniformVectors(seeded(51), 1000, D);
const queries = uniformVectors(seeded(52), 400, D);
const query = (i: number) => rowAt(queries, i, D);
const none: Neighbors = { rows: new Uint32Array(0), distances: new Float32Array(0) };

/** A set of rows 0 to count - 1 with its exact index, and a truth sample that is told of every change. */
async function setOf(count: number, options: Partial<TruthOptions> = {}) {
  const exact = await exactIndex.create(D);
  const present = new Map<number, Float32Array>();
  const scans: Float32Array[] = [];
  const source: TruthSource = {
    count: () => present.size,
    scan: (asked, k) => {
      scans.push(asked);
      return exact.search(asked, { k });
    },
    draw: (random) => {
      const row = [...present.keys()][random.below(present.size)];
      return row === undefined ? undefined : { row, vector: present.get(row)! };
    },
  };
  const truth = TruthSample.create(source, { dimensions: D, size: 16, ...options });
  const put = async (row: number, vector: Float32Array) => {
    await exact.add(Uint32Array.of(row), vector);
    present.set(row, vector);
    truth.noteAdded(Uint32Array.of(row));
  };
  const remove = async (row: number) => {
    await exact.remove(Uint32Array.of(row));
    present.delete(row);
    truth.noteRemoved(Uint32Array.of(row));
  };
  for (let row = 0; row < count; row++) await put(row, rowAt(vectors, row, D));
  const search: ProbeSearch = (asked, k) => exact.search(asked, { k });
  const ask = (from: number, many: number) => {
    for (let i = from; i < from + many; i++) truth.observe(query(i));
  };
  return { truth, source, exact, scans, present, put, remove, search, ask };
}

describe("recall", () => {
  test("of an exact search is 1", async () => {
    const { truth, search, ask } = await setOf(200);
    ask(0, 16);
    expect(await truth.recall(search, { scans: 16 })).toEqual({ recall: 1, k: 10, queries: 16, stale: 0 });
  });

  test("of a search that finds every other neighbour is a half", async () => {
    const { truth, exact, ask } = await setOf(200);
    ask(0, 16);
    const half: ProbeSearch = async (asked, k) => {
      const { rows, distances } = await exact.search(asked, { k: 2 * k });
      const kept = (_: number, i: number) => i % 2 === 0;
      return { rows: rows.filter(kept), distances: distances.filter(kept) };
    };
    expect((await truth.recall(half, { scans: 16 })).recall).toBe(0.5);
  });

  test("can be asked for a hundred neighbours and for fewer of the same truth", async () => {
    const { truth, search, scans, ask } = await setOf(300, { depth: 100 });
    ask(0, 16);
    expect(await truth.recall(search, { k: 100, scans: 16 })).toMatchObject({ recall: 1, k: 100 });
    expect(await truth.recall(search, { k: 10, scans: 16 })).toMatchObject({ recall: 1, k: 10 });
    expect(scans).toHaveLength(16);
  });

  test("passes ef on to the search", async () => {
    const { truth, search } = await setOf(50);
    const efs = new Set<number | undefined>();
    const spy: ProbeSearch = (asked, k, ef) => {
      efs.add(ef);
      return search(asked, k);
    };
    await truth.recall(spy, { ef: 33 });
    await truth.recall(spy);
    expect([...efs]).toEqual([33, undefined]);
  });

  test("of an empty set is not known", async () => {
    const { truth, ask } = await setOf(0);
    ask(0, 3);
    expect((await truth.recall(async () => none)).recall).toBeUndefined();
  });

  test.each([0, 11, 1.5])("refuses a k of %f at a depth of 10", async (k) => {
    const { truth, search } = await setOf(20);
    await expect(truth.recall(search, { k })).rejects.toMatchObject({ code: "bad-input" });
  });

  test("refuses a budget below 0", async () => {
    const { truth, search } = await setOf(20);
    await expect(truth.recall(search, { scans: -1 })).rejects.toMatchObject({ code: "bad-input" });
  });
});

describe("the sample", () => {
  test("holds each of many queries with the same chance", async () => {
    const kept = new Array<number>(40).fill(0);
    for (let seed = 0; seed < 400; seed++) {
      const { truth, scans, search, ask } = await setOf(1, { size: 8, seed });
      ask(0, 40);
      await truth.recall(search);
      for (const asked of scans) kept[indexOf(asked)]!++;
    }
    // 80 each; the bounds are five standard deviations away.
    expect(Math.min(...kept)).toBeGreaterThan(40);
    expect(Math.max(...kept)).toBeLessThan(120);
  });

  test("is the same for the same seed and other for another", async () => {
    const sampled = async (seed: number) => {
      const { truth, scans, search, ask } = await setOf(1, { seed });
      ask(0, 400);
      await truth.recall(search, { scans: 16 });
      return scans.map(indexOf);
    };
    expect(await sampled(1)).toEqual(await sampled(1));
    expect(await sampled(1)).not.toEqual(await sampled(2));
  });

  test("keeps queries of its own when the caller writes over what was asked", async () => {
    const { truth, scans, search } = await setOf(100, { size: 1 });
    const asked = query(0).slice();
    truth.observe(asked);
    asked.fill(0);
    await truth.recall(search);
    expect(scans[0]).toEqual(query(0));
  });

  test("does not take its own probes for queries", async () => {
    const { truth, search, ask, scans } = await setOf(100, { size: 4 });
    ask(0, 4);
    const observed: ProbeSearch = (asked, k) => {
      truth.observe(asked);
      return search(asked, k);
    };
    for (let round = 0; round < 50; round++) await truth.recall(observed);
    ask(4, 1);
    expect(scans).toHaveLength(4);
    expect(new DataView(truth.toBytes().buffer).getFloat64(SEEN, true)).toBe(5);
  });

  test("refuses a query of another length", async () => {
    const { truth } = await setOf(1);
    expect(() => truth.observe(new Float32Array(D + 1))).toThrow(expect.objectContaining({ code: "bad-vector" }));
  });

  test("takes stored vectors in place of queries that are missing", async () => {
    const { truth, search, ask } = await setOf(200);
    ask(0, 5);
    expect(await truth.recall(search, { scans: 16 })).toEqual({ recall: 1, k: 10, queries: 16, stale: 0 });
  });

  test("lets stored vectors go as queries come", async () => {
    const { truth, search, scans, ask } = await setOf(200);
    await truth.recall(search, { scans: 16 });
    ask(0, 16);
    scans.length = 0;
    await truth.recall(search, { scans: 32 });
    expect(scans.map(indexOf).sort((a, b) => a - b)).toEqual([...rowsFrom(0, 16)]);
  });

  test("takes each stored vector once, and all of them in a small set", async () => {
    const { truth, search, scans } = await setOf(3, { seed: 3 });
    await truth.recall(search);
    await truth.recall(search);
    expect(new Set(scans.map((asked) => asked.join()))).toHaveProperty("size", 3);
    expect(scans).toHaveLength(3);
  });

  test("does not count a stored vector that finds itself", async () => {
    const { truth, exact } = await setOf(200);
    const itself: ProbeSearch = async (asked) => exact.search(asked, { k: 1 });
    expect((await truth.recall(itself, { scans: 16 })).recall).toBe(0);
  });

  test("knows k neighbours of a stored vector besides itself", async () => {
    const { truth, exact } = await setOf(200);
    const oneShort: ProbeSearch = async (asked, k) => exact.search(asked, { k: k - 1 });
    expect((await truth.recall(oneShort, { scans: 16 })).recall).toBe(0.9);
  });

  test("asks for a stored vector and k others with a breadth of no less", async () => {
    const { truth, search } = await setOf(200);
    const asked = new Set<string>();
    const spy: ProbeSearch = (probe, k, ef) => {
      asked.add(`${k} ${ef}`);
      return search(probe, k);
    };
    await truth.recall(spy, { ef: 10 });
    expect([...asked]).toEqual(["11 11"]);
  });

  test("draws another stored vector when one is removed", async () => {
    const { truth, search, scans, remove } = await setOf(40, { size: 1 });
    await truth.recall(search);
    await remove(rowOf(scans[0]!));
    await truth.recall(search);
    expect(scans).toHaveLength(2);
    expect(scans[1]).not.toEqual(scans[0]);
  });

  test("draws another stored vector when one is updated, even before it was scanned for", async () => {
    const { truth, search, scans, put } = await setOf(1, { size: 1 });
    await truth.recall(search, { scans: 0 });
    await put(0, query(9));
    await truth.recall(search);
    expect(scans).toEqual([query(9)]);
  });
});

describe("a truth", () => {
  test("is not scanned for again while nothing changes", async () => {
    const { truth, search, scans, ask } = await setOf(200);
    ask(0, 16);
    await truth.recall(search, { scans: 16 });
    await truth.recall(search, { scans: 16 });
    expect(scans).toHaveLength(16);
  });

  test("is stale when a row of it is removed, and others are not", async () => {
    const { truth, exact, search, scans, ask, remove } = await setOf(1000);
    ask(0, 16);
    await truth.recall(search, { scans: 16 });
    const gone = (await exact.search(query(3), { k: 10 })).rows[9]!;
    const holders = await countHolders(exact, gone, 16);
    await remove(gone);
    expect(await truth.recall(search, { scans: 16 })).toMatchObject({ recall: 1, queries: 16, stale: 0 });
    expect(scans).toHaveLength(16 + holders);
  });

  test("is stale when a row of it is updated", async () => {
    const { truth, exact, search, scans, ask, put } = await setOf(1000);
    ask(0, 1);
    await truth.recall(search, { scans: 16 });
    await put(
      (await exact.search(query(0), { k: 1 })).rows[0]!,
      query(0).map((x) => -x),
    );
    scans.length = 0;
    await truth.recall(search, { scans: 16 });
    expect(scans).toContainEqual(query(0));
  });

  test("is stale when more than a hundredth of the set was added", async () => {
    const { truth, search, scans, ask, put } = await setOf(800);
    ask(0, 16);
    await truth.recall(search, { scans: 16 });
    const far = query(399);
    for (let row = 2000; row < 2008; row++) await put(row, far);
    scans.length = 0;
    await truth.recall(search, { scans: 16 });
    const early = scans.length;
    await put(2008, far);
    await truth.recall(search, { scans: 16 });
    expect([early, scans.length]).toEqual([0, 16]);
  });

  test("that was scanned for again is true again", async () => {
    const { truth, search, scans, ask, put } = await setOf(100);
    ask(0, 16);
    await truth.recall(search, { scans: 16 });
    for (let row = 2000; row < 2008; row++) await put(row, query(399));
    await truth.recall(search, { scans: 16 });
    await truth.recall(search, { scans: 16 });
    expect(scans).toHaveLength(32);
  });

  test("keeps to the drift it is given", async () => {
    const { truth, search, scans, ask, put } = await setOf(100, { drift: 0 });
    ask(0, 16);
    await truth.recall(search, { scans: 16 });
    await put(2000, query(399));
    await truth.recall(search, { scans: 16 });
    expect(scans).toHaveLength(32);
  });

  test("that a row was added to since counts the new row as found", async () => {
    const { truth, search, scans, ask, put } = await setOf(500);
    ask(0, 16);
    await truth.recall(search, { scans: 16 });
    await put(2000, query(0));
    expect(await truth.recall(search, { scans: 16 })).toMatchObject({ recall: 1 });
    expect(scans).toHaveLength(16);
  });

  test("does not count when its row is removed while the search runs", async () => {
    const { truth, search, ask, remove, exact } = await setOf(1000, { size: 1 });
    ask(0, 1);
    const gone = (await exact.search(query(0), { k: 1 })).rows[0]!;
    const meanwhile: ProbeSearch = async (asked, k) => {
      await remove(gone);
      return search(asked, k);
    };
    expect(await truth.recall(meanwhile)).toEqual({ recall: undefined, k: 10, queries: 0, stale: 1 });
  });

  test("is not taken from a scan under which the set changed", async () => {
    const { truth, source, search, ask, put } = await setOf(200, { size: 1 });
    ask(0, 1);
    const { scan } = source;
    source.scan = async (asked, k) => {
      const before = await scan(asked, k);
      await put(2000, query(0));
      return before;
    };
    expect(await truth.recall(search)).toMatchObject({ queries: 0, stale: 1 });
    source.scan = scan;
    expect(await truth.recall(search)).toMatchObject({ recall: 1, queries: 1, stale: 0 });
  });

  test("is a copy of what the scan answered", async () => {
    const { truth, source, search, ask } = await setOf(200, { size: 1 });
    ask(0, 1);
    const { scan } = source;
    let answered = none;
    source.scan = async (asked, k) => {
      answered = await scan(asked, k);
      return answered;
    };
    await truth.recall(search);
    answered.rows.fill(0);
    answered.distances.fill(0);
    expect((await truth.recall(search)).recall).toBe(1);
  });
});

describe("the budget", () => {
  test("is at most eight scans a call by itself, and says what it left", async () => {
    const { truth, search, scans, ask } = await setOf(200);
    ask(0, 16);
    expect(await truth.recall(search)).toMatchObject({ queries: 8, stale: 8 });
    expect(scans).toHaveLength(8);
  });

  test("goes to the truths left longest first", async () => {
    const { truth, search, scans, ask, put } = await setOf(100, { size: 4, drift: 0 });
    ask(0, 4);
    for (let call = 0; call < 4; call++) {
      await put(2000 + call, query(399));
      await truth.recall(search, { scans: 3 });
    }
    expect(scans.map(indexOf)).toEqual([0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3]);
  });

  test("of none measures on the truths there are", async () => {
    const { truth, search, scans, ask } = await setOf(200);
    ask(0, 16);
    await truth.recall(search, { scans: 5 });
    expect(await truth.recall(search, { scans: 0 })).toMatchObject({ recall: 1, queries: 5, stale: 11 });
    expect(scans).toHaveLength(5);
  });

  test("leaves pauses between scans for others", async () => {
    const { truth, source, search, scans, ask } = await setOf(200);
    ask(0, 16);
    const seen: number[] = [];
    source.pause = async () => {
      seen.push(scans.length);
    };
    await truth.recall(search, { scans: 3 });
    expect(seen).toEqual([1, 2, 3, 3]);
  });
});

describe("an abort", () => {
  test("ends the scans and keeps those made", async () => {
    const { truth, source, search, scans, ask } = await setOf(200);
    ask(0, 16);
    const abort = new AbortController();
    source.pause = async () => {
      if (scans.length === 3) abort.abort();
    };
    const aborted = truth.recall(search, { scans: 16, signal: abort.signal });
    await expect(aborted).rejects.toMatchObject({ code: "aborted" });
    expect(await truth.recall(search, { scans: 0 })).toMatchObject({ queries: 3 });
  });

  test("ends the searches", async () => {
    const { truth, search, ask } = await setOf(200);
    ask(0, 16);
    const abort = new AbortController();
    let searches = 0;
    const spy: ProbeSearch = (asked, k) => {
      if (++searches === 2) abort.abort();
      return search(asked, k);
    };
    const aborted = truth.recall(spy, { scans: 16, signal: abort.signal });
    await expect(aborted).rejects.toMatchObject({ code: "aborted" });
    expect(searches).toBe(2);
  });
});

describe("the curve", () => {
  /** Finds ef / 100 of what is asked, in ef / 10 ms. */
  async function measurable() {
    const set = await setOf(200);
    set.ask(0, 16);
    let now = 0;
    const rising: ProbeSearch = async (asked, k, ef = 0) => {
      now += ef / 10;
      const { rows, distances } = await set.exact.search(asked, { k });
      const share = Math.min(k, Math.round((k * ef) / 100));
      return { rows: rows.slice(0, share), distances: distances.slice(0, share) };
    };
    return { ...set, rising, clock: () => now };
  }

  test("says which ef gives which recall and time", async () => {
    const { truth, rising, clock } = await measurable();
    const curve = await truth.measureCurve(rising, { target: 0.75, clock, scans: 16 });
    expect(curve).toEqual({
      ...{ k: 10, count: 200, exhausted: false },
      points: [
        { ef: 10, recall: 0.1, median: expect.closeTo(1), p99: expect.closeTo(1) },
        { ef: 20, recall: 0.2, median: expect.closeTo(2), p99: expect.closeTo(2) },
        { ef: 40, recall: 0.4, median: expect.closeTo(4), p99: expect.closeTo(4) },
        { ef: 80, recall: 0.8, median: expect.closeTo(8), p99: expect.closeTo(8) },
      ],
    });
  });

  test("times no first round", async () => {
    const { truth, rising, clock } = await measurable();
    let cold = 0;
    const warming: ProbeSearch = (asked, k, ef) => rising(asked, k, cold++ < 16 ? 1000 : ef);
    const curve = await truth.measureCurve(warming, { target: 0.1, clock, scans: 16 });
    expect(curve!.points[0]!.p99).toBeCloseTo(1);
  });

  test("answers the ef for a target once it was measured", async () => {
    const { truth, rising, clock } = await measurable();
    expect(truth.efFor(0.4)).toBeUndefined();
    await truth.measureCurve(rising, { target: 0.75, clock, scans: 16 });
    expect([truth.efFor(0.4), truth.efFor(0.75), truth.efFor(0.4, 60)]).toEqual([40, 74, 240]);
  });

  test("is wanted until it reaches the target", async () => {
    const { truth, rising, clock } = await measurable();
    const before = truth.needsCurve(0.4);
    await truth.measureCurve(rising, { target: 0.4, clock, scans: 16 });
    expect([before, truth.needsCurve(0.4), truth.needsCurve(0.9)]).toEqual([true, false, true]);
  });

  test.each([
    ["doubled", 400, true],
    ["halved", 100, true],
    ["grown by half", 300, false],
  ])("of a set that has %s since is wanted again: %s rows, %s", async (_, rows, wanted) => {
    const { truth, rising, clock, source } = await measurable();
    await truth.measureCurve(rising, { target: 0.4, clock, scans: 16 });
    source.count = () => rows;
    expect(truth.needsCurve(0.4)).toBe(wanted);
  });

  test("is not made of nothing", async () => {
    const { truth, rising, clock } = await measurable();
    expect(await truth.measureCurve(rising, { target: 0.4, clock, scans: 0 })).toBeUndefined();
    expect(truth.curve).toBeUndefined();
  });

  test.each([-0.1, 1.1, Number.NaN])("refuses a target of %f", async (target) => {
    const { truth, rising, clock } = await measurable();
    await expect(truth.measureCurve(rising, { target, clock })).rejects.toMatchObject({ code: "bad-input" });
    expect(() => truth.efFor(target)).toThrow(expect.objectContaining({ code: "bad-input" }));
  });
});

const refused: [string, Partial<TruthOptions>][] = [
  ["a size of 0", { size: 0 }],
  ["a size beyond 4096", { size: 4097 }],
  ["a depth of 0", { depth: 0 }],
  ["a depth beyond 1000", { depth: 1001 }],
  ["dimensions that are no number", { dimensions: Number.NaN }],
  ["a seed below 0", { seed: -1 }],
  ["a drift beyond 1", { drift: 1.5 }],
];
test.each(refused)("a sample of %s is refused", async (_, options) => {
  await expect(setOf(0, options)).rejects.toMatchObject({ code: "bad-input" });
});

const SEEN = 36;

function indexOf(asked: Float32Array): number {
  return rowIn(queries, asked);
}

function rowOf(vector: Float32Array): number {
  return rowIn(vectors, vector);
}

function rowIn(matrix: Float32Array, vector: Float32Array): number {
  for (let row = 0; row < matrix.length / D; row++) if (rowAt(matrix, row, D).join() === vector.join()) return row;
  return -1;
}

async function countHolders(exact: Awaited<ReturnType<typeof setOf>>["exact"], row: number, many: number) {
  let holders = 0;
  for (let i = 0; i < many; i++) if ((await exact.search(query(i), { k: 10 })).rows.includes(row)) holders++;
  return holders;
}
