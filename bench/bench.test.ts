import { expect, test } from "vitest";
import { spread } from "./bench.ts";

test("a spread has the median, the minimum and the deviation of its samples in any order", () => {
  expect(spread([4, 2, 9])).toMatchObject({ min: 2, median: 4, mean: 5 });
  expect(spread([2, 4]).std).toBe(1);
});

test("a spread leaves its samples in their order", () => {
  const samples = [3, 1, 2];
  spread(samples);
  expect(samples).toEqual([3, 1, 2]);
});
