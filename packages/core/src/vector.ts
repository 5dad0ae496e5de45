import { PipitError } from "./errors.ts";
import { whyNotUnitRows } from "./unit-rows.ts";

/** Inner product of `a` and row `row` of the row-major matrix `matrix`. Four independent sums let the processor add in parallel. */
export function dotRow(a: Float32Array, matrix: Float32Array, row: number): number {
  const d = a.length;
  const base = row * d;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (; i + 3 < d; i += 4) {
    s0 += a[i]! * matrix[base + i]!;
    s1 += a[i + 1]! * matrix[base + i + 1]!;
    s2 += a[i + 2]! * matrix[base + i + 2]!;
    s3 += a[i + 3]! * matrix[base + i + 3]!;
  }
  for (; i < d; i++) s0 += a[i]! * matrix[base + i]!;
  return s0 + s1 + s2 + s3;
}

/** Throws `bad-vector` unless `vectors` is a whole number of rows of `dimensions` finite, not all-zero values. Returns the row count. */
export function assertVectors(vectors: Float32Array, dimensions: number): number {
  if (vectors.length % dimensions !== 0) {
    throw badVector(`${vectors.length} values`, `a multiple of ${dimensions}`);
  }
  const rows = vectors.length / dimensions;
  for (let row = 0; row < rows; row++) assertRow(vectors, row, dimensions);
  return rows;
}

function assertRow(vectors: Float32Array, row: number, dimensions: number): void {
  let sum = 0;
  for (let i = row * dimensions; i < (row + 1) * dimensions; i++) sum += vectors[i]! * vectors[i]!;
  // One test catches NaN, both infinities and the zero vector.
  if (!(sum > 0 && sum < Number.POSITIVE_INFINITY)) {
    throw badVector(`row ${row} with squared length ${sum}`, "finite values, not all zero");
  }
}

/** Throws `bad-vector` unless `vectors` is a whole number of unit rows of `dimensions`. Returns the row count. */
export function assertUnitVectors(vectors: Float32Array, dimensions: number): number {
  const rows = assertVectors(vectors, dimensions);
  const why = whyNotUnitRows(vectors, rows, dimensions);
  if (why) throw badVector(why, "rows of length 1, as embedders make them");
  return rows;
}

/** Throws `bad-vector` unless `query` is one vector of `dimensions`. */
export function assertQuery(query: Float32Array, dimensions: number): void {
  if (query.length !== dimensions) throw badVector(`a query of ${query.length} values`, `${dimensions}`);
  assertVectors(query, dimensions);
}

function badVector(got: string, expected: string): PipitError {
  return new PipitError("bad-vector", {
    got,
    expected,
    do: "Embed with the model of this collection.",
  });
}
