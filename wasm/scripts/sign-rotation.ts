import { seeded } from "@pipit/test/fixtures/seeded";

const ROUNDS = 20;
const SEED = 7;
const STEPS = 100;
const CLOSE = 1e-10;

/**
 * A rotation after which the signs of centred rows tell most about them (iterative quantization, Gong and Lazebnik 2011): by turns the
 * rows are cut to signs, and the rotation is fitted that brings them nearest to these. It begins with a random rotation. The polar
 * factor comes from Newton-Schulz steps instead of a singular value decomposition: they need only + and *, which all machines round
 * alike. `rows` is [count][dimensions]; the answer's rows are the new axes.
 */
export function signRotation(rows: Float64Array, dimensions: number): Float64Array[] {
  let rotation = polarFactor(randomMatrix(dimensions));
  for (let round = 0; round < ROUNDS; round++) rotation = polarFactor(signSums(rows, rotation));
  return rotation;
}

function randomMatrix(size: number): Float64Array[] {
  const random = seeded(SEED);
  return Array.from({ length: size }, () => Float64Array.from({ length: size }, () => random() - 0.5));
}

/** For each axis the sum of all rows, each with the sign that it has along that axis. */
function signSums(rows: Float64Array, rotation: readonly Float64Array[]): Float64Array[] {
  const dimensions = rotation.length;
  return rotation.map((axis) => {
    const sums = new Float64Array(dimensions);
    for (let from = 0; from < rows.length; from += dimensions) {
      let along = 0;
      for (let i = 0; i < dimensions; i++) along += axis[i]! * rows[from + i]!;
      const sign = along > 0 ? 1 : -1;
      for (let i = 0; i < dimensions; i++) sums[i]! += sign * rows[from + i]!;
    }
    return sums;
  });
}

/** The nearest rotation to a matrix: X becomes 1.5 X - .5 X X' X until X X' is the identity. */
function polarFactor(matrix: readonly Float64Array[]): Float64Array[] {
  const norm = Math.sqrt(matrix.reduce((sum, row) => sum + dot(row, row), 0));
  let factor = matrix.map((row) => row.map((value) => value / norm));
  for (let step = 0; step < STEPS; step++) {
    const squares = factor.map((row) => Float64Array.from(factor, (other) => dot(row, other)));
    if (squares.every((row, i) => Math.abs(row[i]! - 1) < CLOSE)) break;
    const cubes = times(squares, factor);
    factor = factor.map((row, i) => row.map((value, j) => 1.5 * value - 0.5 * cubes[i]![j]!));
  }
  return factor;
}

/** The product of two matrices, given as rows. */
export function times(left: readonly Float64Array[], right: readonly Float64Array[]): Float64Array[] {
  return left.map((factors) => {
    const sums = new Float64Array(right[0]!.length);
    for (const [k, row] of right.entries()) for (let j = 0; j < sums.length; j++) sums[j]! += factors[k]! * row[j]!;
    return sums;
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
