import { PipitError } from "@pipit/core";

// Squared lengths beyond these are no unit vector by any rounding, and would not survive being scaled to codes.
const LEAST = 1e-12;
const MOST = 1e12;

/** Throws unless there is one whole, finite vector of sensible length for each row: `bad-input` or `bad-vector`. */
export function assertRowVectors(rows: Uint32Array, vectors: Float32Array, dimensions: number): void {
  if (vectors.length % dimensions !== 0) throw badVector(`${vectors.length} values`, `a multiple of ${dimensions}`);
  const given = vectors.length / dimensions;
  if (given !== rows.length) throw mismatch(rows.length, given);
  for (let i = 0; i < given; i++) assertLength(vectors.subarray(i * dimensions, (i + 1) * dimensions), i);
}

export function assertQueryVector(query: Float32Array, dimensions: number): void {
  if (query.length !== dimensions) throw badVector(`a query of ${query.length} values`, `${dimensions}`);
  assertLength(query, 0);
}

function assertLength(vector: Float32Array, position: number): void {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += vector[i]! * vector[i]!;
  // Written so that NaN, which is neither above nor below, is refused too.
  if (sum >= LEAST && sum <= MOST) return;
  throw badVector(`vector ${position} with squared length ${sum}`, "a unit vector of finite values");
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
