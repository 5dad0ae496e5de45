import type { Neighbors } from "@pipit/core";
import { rowsFrom } from "@pipit/test/fixtures/recall";
import { describe, expect, test } from "vitest";
import { D, observedSet, query, queryNumber, vectorNumber } from "../../../fixtures/observed-set.ts";
import type { ProbeSearch } from "./probe.ts";

describe("the sample", () => {
  test("holds each of many queries with the same chance", async () => {
    const kept = new Array<number>(40).fill(0);
    for (let seed = 0; seed < 400; seed++) {
      const { truth, scans, search, ask } = await observedSet(1, { size: 8, seed });
      ask(0, 40);
      await truth.recall(search);
      for (const asked of scans) kept[queryNumber(asked)]!++;
    }
    // 80 each; the bounds are five standard deviations away.
    expect(Math.min(...kept)).toBeGreaterThan(40);
    expect(Math.max(...kept)).toBeLessThan(120);
  });

  test("is the same for the same seed and other for another", async () => {
    const sampled = async (seed: number) => {
      const { truth, scans, search, ask } = await observedSet(1, { seed });
      ask(0, 400);
      await truth.recall(search, { scans: 16 });
      return scans.map(queryNumber);
    };
    expect(await sampled(1)).toEqual(await sampled(1));
    expect(await sampled(1)).not.toEqual(await sampled(2));
  });

  test("takes the rows it is given for stand-ins, as many as there is room for, each once", async () => {
    const { truth, scans, search, ask } = await observedSet(100, { size: 4 });
    ask(0, 1);
    const rows = [7, 7, 8, 9, 10].map((row) => ({ row, vector: query(row) }));
    truth.standIn(rows.slice(0, 1));
    truth.standIn(rows);
    await truth.recall(search);
    expect(scans.map(queryNumber)).toEqual([0, 7, 8, 9]);
  });

  test("keeps copies of queries when the caller overwrites them", async () => {
    const { truth, scans, search } = await observedSet(100, { size: 1 });
    const asked = query(0).slice();
    truth.observe(asked);
    asked.fill(0);
    await truth.recall(search);
    expect(scans[0]).toEqual(query(0));
  });

  test("does not take its own probes for queries", async () => {
    const { truth, search, ask, scans } = await observedSet(100, { size: 4 });
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
    const { truth } = await observedSet(1);
    expect(() => truth.observe(new Float32Array(D + 1))).toThrow(expect.objectContaining({ code: "bad-vector" }));
  });

  test("takes stored vectors in place of queries that are missing", async () => {
    const { truth, search, ask } = await observedSet(200);
    ask(0, 5);
    expect(await truth.recall(search, { scans: 16 })).toEqual({ recall: 1, k: 10, queries: 16, stale: 0 });
  });

  test("lets stored vectors go as queries come", async () => {
    const { truth, search, scans, ask } = await observedSet(200);
    await truth.recall(search, { scans: 16 });
    ask(0, 16);
    scans.length = 0;
    await truth.recall(search, { scans: 32 });
    expect(scans.map(queryNumber).sort((a, b) => a - b)).toEqual([...rowsFrom(0, 16)]);
  });

  test("takes each stored vector once, and all of them in a small set", async () => {
    const { truth, search, scans } = await observedSet(3, { seed: 3 });
    await truth.recall(search);
    await truth.recall(search);
    expect(new Set(scans.map((asked) => asked.join()))).toHaveProperty("size", 3);
    expect(scans).toHaveLength(3);
  });

  test("does not count a stored vector that finds itself", async () => {
    const { truth, exact } = await observedSet(200);
    const itself: ProbeSearch = async (asked) => exact.search(asked, { k: 1 });
    expect((await truth.recall(itself, { scans: 16 })).recall).toBe(0);
  });

  test("knows k neighbours of a stored vector besides itself", async () => {
    const { truth, exact } = await observedSet(200);
    const oneShort: ProbeSearch = async (asked, k) => exact.search(asked, { k: k - 1 });
    expect((await truth.recall(oneShort, { scans: 16 })).recall).toBe(0.9);
  });

  test("asks for a stored vector and k others with an ef of no less", async () => {
    const { truth, search } = await observedSet(200);
    const asked = new Set<string>();
    const spy: ProbeSearch = (probe, k, ef) => {
      asked.add(`${k} ${ef}`);
      return search(probe, k);
    };
    await truth.recall(spy, { ef: 10 });
    expect([...asked]).toEqual(["11 11"]);
  });

  test("draws another stored vector when one is removed", async () => {
    const { truth, search, scans, remove } = await observedSet(40, { size: 1 });
    await truth.recall(search);
    await remove(vectorNumber(scans[0]!));
    await truth.recall(search);
    expect(scans).toHaveLength(2);
    expect(scans[1]).not.toEqual(scans[0]);
  });

  test("draws another stored vector when one is updated, even before it was scanned for", async () => {
    const { truth, search, scans, put } = await observedSet(1, { size: 1 });
    await truth.recall(search, { scans: 0 });
    await put(0, query(9));
    await truth.recall(search);
    expect(scans).toEqual([query(9)]);
  });
});

describe("a truth", () => {
  test("is not scanned for again while nothing changes", async () => {
    const { truth, search, scans, ask } = await observedSet(200);
    ask(0, 16);
    await truth.recall(search, { scans: 16 });
    await truth.recall(search, { scans: 16 });
    expect(scans).toHaveLength(16);
  });

  test("is stale when a row of it is removed, and others are not", async () => {
    const { truth, exact, search, scans, ask, remove } = await observedSet(1000);
    ask(0, 16);
    await truth.recall(search, { scans: 16 });
    const gone = (await exact.search(query(3), { k: 10 })).rows[9]!;
    const holders = await countHolders(exact, gone, 16);
    await remove(gone);
    expect(await truth.recall(search, { scans: 16 })).toMatchObject({ recall: 1, queries: 16, stale: 0 });
    expect(scans).toHaveLength(16 + holders);
  });

  test("is stale when a row of it is updated", async () => {
    const { truth, exact, search, scans, ask, put } = await observedSet(1000);
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
    const { truth, search, scans, ask, put } = await observedSet(800);
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
    const { truth, search, scans, ask, put } = await observedSet(100);
    ask(0, 16);
    await truth.recall(search, { scans: 16 });
    for (let row = 2000; row < 2008; row++) await put(row, query(399));
    await truth.recall(search, { scans: 16 });
    await truth.recall(search, { scans: 16 });
    expect(scans).toHaveLength(32);
  });

  test("keeps to the drift it is given", async () => {
    const { truth, search, scans, ask, put } = await observedSet(100, { drift: 0 });
    ask(0, 16);
    await truth.recall(search, { scans: 16 });
    await put(2000, query(399));
    await truth.recall(search, { scans: 16 });
    expect(scans).toHaveLength(32);
  });

  test("that a row was added to since counts the new row as found", async () => {
    const { truth, search, scans, ask, put } = await observedSet(500);
    ask(0, 16);
    await truth.recall(search, { scans: 16 });
    await put(2000, query(0));
    expect(await truth.recall(search, { scans: 16 })).toMatchObject({ recall: 1 });
    expect(scans).toHaveLength(16);
  });

  test("does not count when its row is removed while the search runs", async () => {
    const { truth, search, ask, remove, exact } = await observedSet(1000, { size: 1 });
    ask(0, 1);
    const gone = (await exact.search(query(0), { k: 1 })).rows[0]!;
    const meanwhile: ProbeSearch = async (asked, k) => {
      await remove(gone);
      return search(asked, k);
    };
    expect(await truth.recall(meanwhile)).toEqual({ recall: undefined, k: 10, queries: 0, stale: 1 });
  });

  test("is not taken from a scan under which the set changed", async () => {
    const { truth, source, search, ask, put } = await observedSet(200, { size: 1 });
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
    const { truth, source, search, ask } = await observedSet(200, { size: 1 });
    ask(0, 1);
    const { scan } = source;
    let answered: Neighbors = { rows: new Uint32Array(0), distances: new Float32Array(0) };
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

const SEEN = 36;

async function countHolders(exact: Awaited<ReturnType<typeof observedSet>>["exact"], row: number, many: number) {
  let holders = 0;
  for (let i = 0; i < many; i++) if ((await exact.search(query(i), { k: 10 })).rows.includes(row)) holders++;
  return holders;
}
