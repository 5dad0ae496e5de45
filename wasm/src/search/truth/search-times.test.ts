import { expect, test } from "vitest";
import { summarize } from "./search-times.ts";

const upTo = (count: number) => Array.from({ length: count }, (_, i) => count - i);

test("the median is the time in the middle, whatever the order", () => {
  expect(summarize([9, 100, 10]).median).toBe(10);
});

test("the median of an even number is the shorter of the two in the middle", () => {
  expect(summarize([4, 1, 3, 2]).median).toBe(2);
});

test("99 of 100 searches stay within the p99", () => {
  expect(summarize(upTo(100)).p99).toBe(99);
});

test("the p99 of fewer than 100 is the slowest", () => {
  expect(summarize(upTo(99)).p99).toBe(99);
});

test("no searches take no time", () => {
  expect(summarize([])).toEqual({ median: 0, p99: 0 });
});
