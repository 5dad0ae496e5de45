import { gauss, seeded } from "@pipit/test/fixtures/seeded";
import { expect, test } from "vitest";
import { signRotation, times } from "./sign-rotation.ts";

const DIMENSIONS = 8;
const random = seeded(4);
// Spread unevenly, as along principal axes.
const rows = Float64Array.from({ length: 2000 * DIMENSIONS }, (_, i) => gauss(random) / (1 + (i % DIMENSIONS)));
const rotation = signRotation(rows, DIMENSIONS);

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/** The sum of all rows' values without their signs: the larger, the nearer the rows are to their signs. */
function signedSum(axes: readonly Float64Array[]): number {
  let sum = 0;
  for (let from = 0; from < rows.length; from += DIMENSIONS)
    for (const axis of axes) sum += Math.abs(dot(axis, rows.subarray(from, from + DIMENSIONS)));
  return sum;
}

test("it is a rotation: its axes are of unit length and at right angles", () => {
  for (const [i, a] of rotation.entries())
    for (const [j, b] of rotation.entries()) expect(dot(a, b)).toBeCloseTo(Number(i === j), 8);
});

test("rotated rows are nearer to their signs than rows along the axes that they came with", () => {
  const axes = rotation.map((_, i) => Float64Array.from({ length: DIMENSIONS }, (_, j) => Number(i === j)));
  expect(signedSum(rotation)).toBeGreaterThan(1.05 * signedSum(axes));
});

test("the same rows give the same bits", () => {
  expect(signRotation(rows, DIMENSIONS)).toEqual(rotation);
});

test("a product of matrices is that of rows and columns", () => {
  const left = [Float64Array.of(1, 2), Float64Array.of(0, -1)];
  const right = [Float64Array.of(3, 4, 5), Float64Array.of(6, 7, 8)];
  expect(times(left, right)).toEqual([Float64Array.of(15, 18, 21), Float64Array.of(-6, -7, -8)]);
});
