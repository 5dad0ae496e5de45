import { expect, test } from "vitest";
import { callsOf, spreadOver } from "./inputs.ts";

test("calls hold so many rows each, and the last one what is left", () => {
  expect(callsOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
});

test("a few of many come from everywhere", () => {
  expect(spreadOver([0, 1, 2, 3, 4, 5], 3)).toEqual([0, 2, 4]);
});

test("more than there are, are all of them", () => {
  expect(spreadOver([0, 1], 5)).toEqual([0, 1]);
});
