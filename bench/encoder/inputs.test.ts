import { expect, test } from "vitest";
import { callsOf, spreadOver } from "./inputs.ts";

test("calls have the given number of rows each, and the last one the rest", () => {
  expect(callsOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
});

test("a few of many are taken from all parts", () => {
  expect(spreadOver([0, 1, 2, 3, 4, 5], 3)).toEqual([0, 2, 4]);
});

test("a larger number than the rows takes all of them", () => {
  expect(spreadOver([0, 1], 5)).toEqual([0, 1]);
});
