import type { Neighbors } from "@pipit/core";
import { describe, expect, test } from "vitest";
import { observedSet, query, queryNumber } from "../../../fixtures/observed-set.ts";
import type { ProbeSearch } from "./probe.ts";
import type { TruthOptions } from "./truth-options.ts";

const none: Neighbors = { rows: new Uint32Array(0), distances: new Float32Array(0) };

describe("recall", () => {
  test("of an exact search is 1", async () => {
    const { truth, search, ask } = await observedSet(200);
    ask(0, 16);
    expect(await truth.recall(search, { scans: 16 })).toEqual({ recall: 1, k: 10, queries: 16, stale: 0 });
  });

  test("of a search that finds every other neighbour is a half", async () => {
    const { truth, exact, ask } = await observedSet(200);
    ask(0, 16);
    const half: ProbeSearch = async (asked, k) => {
      const { rows, distances } = await exact.search(asked, { k: 2 * k });
      const kept = (_: number, i: number) => i % 2 === 0;
      return { rows: rows.filter(kept), distances: distances.filter(kept) };
    };
    expect((await truth.recall(half, { scans: 16 })).recall).toBe(0.5);
  });

  test("can be asked for a hundred neighbours and for fewer of the same truth", async () => {
    const { truth, search, scans, ask } = await observedSet(300, { depth: 100 });
    ask(0, 16);
    expect(await truth.recall(search, { k: 100, scans: 16 })).toMatchObject({ recall: 1, k: 100 });
    expect(await truth.recall(search, { k: 10, scans: 16 })).toMatchObject({ recall: 1, k: 10 });
    expect(scans).toHaveLength(16);
  });

  test("of more neighbours than are kept is measured by scans for some of the queries", async () => {
    const { truth, exact, scans, ask } = await observedSet(300);
    ask(0, 16);
    const half: ProbeSearch = async (asked, k, ef) => {
      expect(ef).toBe(120);
      return exact.search(asked, { k: k / 2 });
    };
    expect(await truth.recallBeyond(half, { k: 80, ef: 120, queries: 5 })).toBe(0.5);
    expect(scans).toHaveLength(5);
  });

  test("passes ef on to the search", async () => {
    const { truth, search } = await observedSet(50);
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
    const { truth, ask } = await observedSet(0);
    ask(0, 3);
    expect((await truth.recall(async () => none)).recall).toBeUndefined();
  });

  test.each([0, 11, 1.5])("refuses a k of %f at a depth of 10", async (k) => {
    const { truth, search } = await observedSet(20);
    await expect(truth.recall(search, { k })).rejects.toMatchObject({ code: "bad-input" });
  });

  test("refuses a budget below 0", async () => {
    const { truth, search } = await observedSet(20);
    await expect(truth.recall(search, { scans: -1 })).rejects.toMatchObject({ code: "bad-input" });
  });
});

describe("the budget", () => {
  test("is at most eight scans a call by itself, and says what it left", async () => {
    const { truth, search, scans, ask } = await observedSet(200);
    ask(0, 16);
    expect(await truth.recall(search)).toMatchObject({ queries: 8, stale: 8 });
    expect(scans).toHaveLength(8);
  });

  test("goes to the truths left longest first", async () => {
    const { truth, search, scans, ask, put } = await observedSet(100, { size: 4, drift: 0 });
    ask(0, 4);
    for (let call = 0; call < 4; call++) {
      await put(2000 + call, query(399));
      await truth.recall(search, { scans: 3 });
    }
    expect(scans.map(queryNumber)).toEqual([0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3]);
  });

  test("of none measures on the truths there are", async () => {
    const { truth, search, scans, ask } = await observedSet(200);
    ask(0, 16);
    await truth.recall(search, { scans: 5 });
    expect(await truth.recall(search, { scans: 0 })).toMatchObject({ recall: 1, queries: 5, stale: 11 });
    expect(scans).toHaveLength(5);
  });

  test("leaves pauses between scans for others", async () => {
    const { truth, source, search, scans, ask } = await observedSet(200);
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
    const { truth, source, search, scans, ask } = await observedSet(200);
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
    const { truth, search, ask } = await observedSet(200);
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
    const set = await observedSet(200);
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
  await expect(observedSet(0, options)).rejects.toMatchObject({ code: "bad-input" });
});
