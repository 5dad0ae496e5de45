import { PipitError } from "@pipit/core";

/** The properties of an index that decide which vectors it can take. */
export interface VectorShape {
  readonly dimensions: number;
  readonly originals: "none" | "f32" | "f16";
}

// Vectors of squared lengths beyond these cannot be scaled to codes; the range of halves is smaller.
const LEAST = 1e-12;
const MOST = { none: 1e12, f32: 1e12, f16: 65504 ** 2 };

/** Throws `bad-input` or `bad-vector` unless there is one whole, finite vector within these lengths for each row. */
export function assertRowVectors(rows: Uint32Array, vectors: Float32Array, shape: VectorShape): void {
  const { dimensions } = shape;
  if (vectors.length % dimensions !== 0) throw badVector(`${vectors.length} values`, `a multiple of ${dimensions}`);
  const given = vectors.length / dimensions;
  if (given !== rows.length) throw mismatch(rows.length, given);
  for (let i = 0; i < given; i++) assertLength(vectors.subarray(i * dimensions, (i + 1) * dimensions), i, shape);
}

export function assertQueryVector(query: Float32Array, shape: VectorShape): void {
  if (query.length !== shape.dimensions) throw badVector(`a query of ${query.length} values`, `${shape.dimensions}`);
  assertLength(query, 0, shape);
}

/** Row-major vectors at unit length. */
export function toUnit(vectors: Float32Array, dimensions: number): Float32Array {
  const units = vectors.slice();
  for (let from = 0; from < units.length; from += dimensions) {
    const unit = units.subarray(from, from + dimensions);
    const length = Math.sqrt(unit.reduce((sum, x) => sum + x * x, 0));
    for (let i = 0; i < dimensions; i++) unit[i]! /= length;
  }
  return units;
}

function assertLength(vector: Float32Array, position: number, { originals }: VectorShape): void {
  const sum = squaredLength(vector);
  // Written so that NaN, which is neither above nor below, is refused too.
  if (sum >= LEAST && sum <= MOST[originals]) return;
  throw badVector(`vector ${position} with squared length ${sum}`, "finite values, not all zero");
}

// Four sums, since each addition would wait for the one before.
function squaredLength(vector: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const fours = vector.length & ~3;
  for (let i = 0; i < fours; i += 4) {
    a += vector[i]! * vector[i]!;
    b += vector[i + 1]! * vector[i + 1]!;
    c += vector[i + 2]! * vector[i + 2]!;
    d += vector[i + 3]! * vector[i + 3]!;
  }
  for (let i = fours; i < vector.length; i++) a += vector[i]! * vector[i]!;
  return a + b + (c + d);
}

function badVector(got: string, expected: string): PipitError {
  return new PipitError("bad-vector", {
    got,
    expected,
    do: "Embed with the model that this index is for; nothing of this call was kept.",
  });
}

function mismatch(rows: number, vectors: number): PipitError {
  return new PipitError("bad-input", {
    got: `${rows} rows with ${vectors} vectors`,
    expected: "one vector for each row",
    do: "Pass as many vectors as rows; nothing was added.",
  });
}
