import type { NeighborQuery } from "@pipit/core";
import { expect, test } from "vitest";
import { EfChoice, type EfChoiceParts } from "./ef-choice.ts";

function choice(parts: Partial<EfChoiceParts> = {}) {
  const made = new EfChoice({
    ef: undefined,
    latency: undefined,
    clock: () => 0,
    efFor: () => undefined,
    held: () => 64,
    ...parts,
  });
  return { made, ef: (asked: { k: number; ef?: number; target?: number }) => walked(made, asked) };
}

function walked(made: EfChoice, asked: NeighborQuery): number | undefined {
  const ef = made.ef(asked);
  if (ef) made.walk(ef, () => {}, { asked, searches: 1, threads: 1 });
  return ef;
}

test("a search that names nothing goes by what holds the recall, and measures every row where nothing does", () => {
  const { made } = choice({ held: ({ k }) => (k < 40 ? 2 * k : undefined) });
  expect([1, 32, 50].map((k) => made.ef({ k }))).toEqual([2, 64, undefined]);
});

test("its own ef comes before its target, and that before the index's options", () => {
  const { ef, made } = choice({ ef: 90, latency: 5, efFor: () => 70 });
  made.tuning = { recall: 0.9, k: 10, p99: undefined, ef: 80, m: 16, efConstruction: 64 };
  expect(ef({ k: 10, ef: 20, target: 0.9 })).toBe(20);
  expect(ef({ k: 10, target: 0.9 })).toBe(70);
});

test("no search is wider than 65,536, beyond which nothing more is found", () => {
  expect(choice().ef({ k: 10, ef: 2 ** 31 })).toBe(65_536);
});

test("only searches teach the pace, not what walks after one that failed", () => {
  let now = 0;
  const { made, ef } = choice({ latency: 5, clock: () => (now += 50) });
  const failing = () =>
    made.learning(() => {
      throw new Error("full");
    });
  expect(failing).toThrow("full");
  for (let i = 0; i < 20; i++) ef({ k: 10 });
  expect(ef({ k: 10 })).toBe(128);
  for (let i = 0; i < 20; i++) made.learning(() => ef({ k: 10 }));
  expect(ef({ k: 10 })).toBe(64);
});

test("a turn of several threads teaches the pace as often as it holds searches, each with its share of the time", () => {
  let now = 0;
  const { made, ef } = choice({ latency: 5, clock: () => (now += 50) });
  const turn = (searches: number) =>
    made.learning(() => made.walk(made.ef({ k: 10 })!, () => {}, { asked: { k: 10 }, searches, threads: 2 }));
  turn(20);
  expect(ef({ k: 10 })).toBe(128);
  turn(200);
  expect(ef({ k: 10 })).toBeGreaterThan(400);
});
