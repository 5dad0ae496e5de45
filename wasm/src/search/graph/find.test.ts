import type { NeighborQuery, Neighbors } from "@pipit/core";
import { rowsFrom } from "@pipit/test/fixtures/recall";
import { describe, expect, test } from "vitest";
import { SlotMap } from "../../shared/slot-map.ts";
import { EfChoice } from "./ef-choice.ts";
import { find, findMany, type Searched } from "./find.ts";
import type { SearchKernel, Walk } from "./search-kernel.ts";

const query = new Float32Array(4);
const SCANNED = answer(0);
/** The answer of a scan with a deadline: row 100, far away. */
const CUT: Neighbors = { rows: Uint32Array.of(100), distances: Float32Array.of(9), partial: true };

function answer(count: number): Neighbors {
  return { rows: rowsFrom(0, count), distances: new Float32Array(count) };
}

/** A set of so many rows whose walks are answered in turn by `walks`, each told what is asked of it. */
function setOf(count: number, ...walks: ((walk: Walk) => Neighbors)[]) {
  const calls: (Walk | "scan")[] = [];
  const walk = (_: Float32Array, asked: Walk) => {
    calls.push(asked);
    return walks.shift()!(asked);
  };
  const scan = (_: Float32Array, __: Uint32Array, { deadline }: { deadline?: number }) => {
    calls.push("scan");
    return deadline === undefined ? SCANNED : CUT;
  };
  const kernel = { count, threads: 1, queriesFor: () => 1, walk, scan } as unknown as SearchKernel;
  const clock = () => 0;
  const efChoice = new EfChoice({ ef: 64, latency: undefined, clock, efFor: () => undefined, held: () => undefined });
  return { searched: { kernel, slots: new SlotMap(), efChoice } satisfies Searched, calls };
}

/** Allows every nth of so many rows. */
function everyNth(n: number, count: number): Uint32Array {
  const filter = new Uint32Array(Math.ceil(count / 32));
  for (let row = 0; row < count; row += n) filter[row >>> 5]! |= 1 << (row & 31);
  return filter;
}

const COUNT = 100_000;
const efs = (calls: (Walk | "scan")[]) => calls.map((call) => (call === "scan" ? call : call.ef));

describe("without a filter", () => {
  test("a walk that came by enough is the answer", () => {
    const { searched, calls } = setOf(COUNT, () => answer(10));
    expect(find(searched, query, { k: 10 }).rows).toHaveLength(10);
    expect(efs(calls)).toEqual([64]);
  });

  test("a walk that came by too few is made up for by a scan", () => {
    const { searched, calls } = setOf(COUNT, () => answer(9));
    expect(find(searched, query, { k: 10 })).toBe(SCANNED);
    expect(efs(calls)).toEqual([64, "scan"]);
  });

  test("a walk that ran out of time is the answer, be it of few", () => {
    const { searched } = setOf(COUNT, () => ({ ...answer(2), partial: true }));
    expect(find(searched, query, { k: 10, deadline: 1 })).toMatchObject({ partial: true });
  });
});

describe("the hits of a walk count when the scan after it runs out of time", () => {
  test("without a filter", () => {
    const { searched } = setOf(COUNT, () => answer(2));
    const { rows, partial } = find(searched, query, { k: 10, deadline: 1000 });
    expect([[...rows], partial]).toEqual([[0, 1, 100], true]);
  });

  test("with one", () => {
    const { searched, calls } = setOf(
      COUNT,
      () => answer(1),
      () => answer(1),
    );
    const { rows, partial } = find(searched, query, { k: 10, filter: everyNth(2, COUNT), deadline: 1000 });
    expect([[...rows], partial, efs(calls)]).toEqual([[0, 100], true, [64, 960, "scan"]]);
  });
});

describe("with a filter", () => {
  const asked = (n: number): NeighborQuery => ({ k: 10, filter: everyNth(n, COUNT) });

  test("of few rows these are scanned at once", () => {
    const { searched, calls } = setOf(COUNT);
    expect(find(searched, query, asked(1000))).toBe(SCANNED);
    expect(efs(calls)).toEqual(["scan"]);
  });

  test("of many rows a walk has the ef that their share demands", () => {
    const { searched, calls } = setOf(COUNT, () => answer(10));
    find(searched, query, asked(10));
    expect(efs(calls)).toEqual([150]);
  });

  test("of most rows ef is no smaller than without", () => {
    const { searched, calls } = setOf(COUNT, () => answer(10));
    find(searched, query, asked(1));
    expect(efs(calls)).toEqual([64]);
  });

  test("of rows that lie thinner near the query the next walk has a larger ef, by how many were met", () => {
    const { searched, calls } = setOf(
      COUNT,
      () => answer(5),
      () => answer(10),
    );
    expect(find(searched, query, asked(2)).rows).toHaveLength(10);
    expect(efs(calls)).toEqual([64, 192]);
  });

  test("of rows that are nowhere near the query no second walk is tried", () => {
    const { searched, calls } = setOf(COUNT, () => answer(0));
    expect(find(searched, query, asked(2))).toBe(SCANNED);
    expect(efs(calls)).toEqual([64, "scan"]);
  });

  test("a walk that ran out of time is the answer", () => {
    const { searched, calls } = setOf(COUNT, () => ({ ...answer(1), partial: true }));
    expect(find(searched, query, { ...asked(2), deadline: 5 })).toMatchObject({ partial: true });
    expect(calls).toHaveLength(1);
  });

  test("each walk has what time the former left", () => {
    const slow = () => {
      const until = performance.now() + 3;
      while (performance.now() < until);
      return answer(5);
    };
    const { searched, calls } = setOf(COUNT, slow, () => answer(10));
    find(searched, query, { ...asked(2), deadline: 1000 });
    const [first, second] = calls as Walk[];
    expect(first!.deadline! - second!.deadline!).toBeGreaterThanOrEqual(3);
  });

  test("many queries are asked one by one", () => {
    const { searched, calls } = setOf(
      COUNT,
      () => answer(10),
      () => answer(10),
    );
    expect(findMany(searched, [query, query], asked(2))).toHaveLength(2);
    expect(calls).toHaveLength(2);
  });
});
