import type { Neighbors } from "@pipit/core";
import { expect, test } from "vitest";
import { countFound, without } from "./found-share.ts";

const neighbors = (...pairs: [row: number, distance: number][]): Neighbors => ({
  rows: Uint32Array.from(pairs, ([row]) => row),
  distances: Float32Array.from(pairs, ([, distance]) => distance),
});
const truth = neighbors([1, 0.1], [2, 0.2], [3, 0.3]);

test("a row of the truth is found", () => {
  expect(countFound(truth, neighbors([1, 0.1], [3, 0.3], [9, 0.4]), 3)).toBe(2);
});

test("a row as near as the farthest true one is found too", () => {
  expect(countFound(truth, neighbors([1, 0.1], [2, 0.2], [9, 0.3]), 3)).toBe(3);
});

test("a tie broken by rounding is still a tie", () => {
  expect(countFound(truth, neighbors([1, 0.1], [2, 0.2], [9, 0.3000005]), 3)).toBe(3);
});

test("far off, rounding is as much larger", () => {
  const far = neighbors([1, 5000], [2, 6000]);
  expect(countFound(far, neighbors([1, 5000], [9, 6000.005]), 2)).toBe(2);
  expect(countFound(far, neighbors([1, 5000], [9, 6000.01]), 2)).toBe(1);
});

test("differences are rounded in proportion, however small they are", () => {
  const near = neighbors([1, 5e-9], [2, 6e-9]);
  expect(countFound(near, neighbors([1, 5e-9], [9, 7e-9]), 2)).toBe(2);
  expect(countFound(near, neighbors([1, 5e-9], [9, 7e-9]), 2, "squared-l2")).toBe(1);
  expect(countFound(near, neighbors([1, 5e-9], [9, 6e-9]), 2, "squared-l2")).toBe(2);
});

test("a row a little farther than the farthest is not found", () => {
  expect(countFound(truth, neighbors([1, 0.1], [2, 0.2], [9, 0.3001]), 3)).toBe(2);
});

test("a true row is found also when its distance came out larger", () => {
  expect(countFound(truth, neighbors([1, 0.1], [2, 0.2], [3, 0.301]), 3)).toBe(3);
});

test("a row answered twice is found once", () => {
  expect(countFound(truth, neighbors([1, 0.1], [1, 0.1], [1, 0.1]), 3)).toBe(1);
});

test("rows beyond the first k are not looked at", () => {
  expect(countFound(truth, neighbors([8, 0.9], [9, 0.9], [1, 0.1]), 2)).toBe(0);
});

test("a smaller k asks for the nearest of the truth only", () => {
  expect(countFound(truth, neighbors([3, 0.3], [2, 0.2]), 2)).toBe(1);
});

test("no more is found than there is to find", () => {
  expect(countFound(neighbors([1, 0.1]), neighbors([1, 0.1], [2, 0.05], [3, 0.05]), 3)).toBe(1);
});

test("nothing is found of an empty truth", () => {
  expect(countFound(neighbors(), neighbors([1, 0.1]), 3)).toBe(0);
});

test("a row left out makes room for the next", () => {
  expect(without(truth, 2, 2)).toEqual(neighbors([1, 0.1], [3, 0.3]));
});

test("k neighbours are kept when the row to leave out is not there", () => {
  expect(without(truth, 7, 2)).toEqual(neighbors([1, 0.1], [2, 0.2]));
});
