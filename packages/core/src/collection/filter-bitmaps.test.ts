import { expect, test } from "vitest";
import type { Filter } from "../ports/filter.ts";
import { FilterBitmaps, type MakeBitmap } from "./filter-bitmaps.ts";

const user = (equals: number): Filter => ({ field: "user", equals });

/** Counts the bitmaps that it makes; a bitmap holds its number in that count. */
function maker(words = 4) {
  const made = { count: 0, fresh: 0 };
  const make: MakeBitmap = function* (_, memory) {
    yield;
    if (!memory) made.fresh++;
    return (memory ?? new Uint32Array(words)).fill(++made.count);
  };
  return { make, made };
}

test("a filter asked again has its bitmap made once, in whatever order its properties stand", async () => {
  const bitmaps = new FilterBitmaps();
  const { make, made } = maker();
  await bitmaps.reading({ field: "a", equals: 1 }, { make, read: async () => undefined });
  await bitmaps.reading({ equals: 1, field: "a" } as never, { make, read: async () => undefined });
  expect(made.count).toBe(1);
});

test("a change makes every bitmap anew", async () => {
  const bitmaps = new FilterBitmaps();
  const { make, made } = maker();
  for (let i = 0; i < 2; i++) {
    await bitmaps.reading(user(1), { make, read: async () => undefined });
    bitmaps.clear();
  }
  expect(made.count).toBe(2);
});

const INFINITE = Number.POSITIVE_INFINITY;

test.each([
  [
    { field: "n", range: { to: INFINITE } },
    { field: "n", range: { to: -INFINITE } },
  ],
  [
    { field: "n", range: { from: INFINITE } },
    { field: "n", range: { from: -INFINITE } },
  ],
  [
    { field: "n", equals: 1 },
    { field: "n", equals: "1" },
  ],
  [
    { field: "n", equals: "\ud83d" },
    { field: "n", equals: "\ud83e" },
  ],
  [
    { field: "n", range: { from: 1 } },
    { field: "n", range: { above: 1 } },
  ],
] as [Filter, Filter][])("%j and %j share no bitmap", async (one, other) => {
  const { make, made } = maker();
  const bitmaps = new FilterBitmaps();
  await bitmaps.reading(one, { make, read: async () => undefined });
  await bitmaps.reading(other, { make, read: async () => undefined });
  expect(made.count).toBe(2);
});

test("three thousand filters hold no more than the bytes they were given, and little of it is new memory", async () => {
  const bitmaps = new FilterBitmaps(10_000);
  const { make, made } = maker(200);
  for (let i = 0; i < 3000; i++) await bitmaps.reading(user(i), { make, read: async () => undefined });
  await bitmaps.reading(user(2999), { make, read: async () => undefined });
  expect(made.count).toBe(3000);
  expect(made.fresh).toBeLessThan(20);
});

test("a bitmap that is read is not written over, though it was dropped", async () => {
  const bitmaps = new FilterBitmaps(0);
  const { make } = maker();
  let end: () => void = () => undefined;
  const wait = new Promise<void>((resolve) => {
    end = resolve;
  });
  const reading = bitmaps.reading(user(1), {
    make,
    read: async (bitmap) => {
      await wait;
      return [...bitmap];
    },
  });
  for (let i = 2; i < 9; i++) await bitmaps.reading(user(i), { make, read: async () => undefined });
  end();
  expect(await reading).toEqual([1, 1, 1, 1]);
});

test("a bitmap that was made over a change serves its own search only", async () => {
  const bitmaps = new FilterBitmaps();
  const { make, made } = maker();
  const changing: MakeBitmap = function* (filter, memory) {
    const bitmap = yield* make(filter, memory);
    bitmaps.clear();
    yield;
    return bitmap;
  };
  await bitmaps.reading(user(1), { make: changing, read: async () => undefined });
  await bitmaps.reading(user(1), { make, read: async () => undefined });
  expect(made.count).toBe(2);
});

test("making one lets others run, and ends when the caller leaves", async () => {
  const bitmaps = new FilterBitmaps();
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 20);
  const endless: MakeBitmap = function* () {
    for (;;) yield;
  };
  const read = async () => undefined;
  await expect(bitmaps.reading(user(1), { make: endless, read, signal: controller.signal })).rejects.toThrow();
});
