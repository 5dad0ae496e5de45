import { gauss, seeded } from "@pipit/test/fixtures/seeded";
import { expect, test } from "vitest";
import { eigenvectors } from "./eigenvectors.ts";

const SIZE = 24;
const random = seeded(3);

function symmetric(): Float64Array {
  const values = new Float64Array(SIZE * SIZE);
  for (let i = 0; i < SIZE; i++)
    for (let j = 0; j <= i; j++) values[i * SIZE + j] = values[j * SIZE + i] = gauss(random);
  return values;
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const applied = (values: Float64Array, vector: Float64Array) =>
  Float64Array.from({ length: SIZE }, (_, i) => dot(values.subarray(i * SIZE, (i + 1) * SIZE), vector));

test("a matrix only lengthens its eigenvectors, the first the most", () => {
  const values = symmetric();
  let before = Number.POSITIVE_INFINITY;
  for (const vector of eigenvectors({ values, size: SIZE })) {
    const longer = applied(values, vector);
    const eigenvalue = dot(vector, longer);
    for (let i = 0; i < SIZE; i++) expect(longer[i]).toBeCloseTo(eigenvalue * vector[i]!, 9);
    expect(eigenvalue).toBeLessThanOrEqual(before);
    before = eigenvalue;
  }
});

test("eigenvectors are of unit length and at right angles, and their largest entry is positive", () => {
  const vectors = eigenvectors({ values: symmetric(), size: SIZE });
  for (const [i, a] of vectors.entries()) {
    for (const [j, b] of vectors.entries()) expect(dot(a, b)).toBeCloseTo(Number(i === j), 9);
    const largest = Math.max(...a.map(Math.abs));
    expect(a.includes(largest)).toBe(true);
  }
});

test("a diagonal matrix has the axes, and stays as it was", () => {
  const values = Float64Array.of(1, 0, 0, 0, 3, 0, 0, 0, 2);
  expect(eigenvectors({ values, size: 3 }).map((vector) => [...vector])).toEqual([
    [0, 1, 0],
    [0, 0, 1],
    [1, 0, 0],
  ]);
  expect([...values]).toEqual([1, 0, 0, 0, 3, 0, 0, 0, 2]);
});
