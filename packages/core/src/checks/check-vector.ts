import { shown } from "../bad-input.ts";
import { PipitError } from "../errors.ts";
import { LIMITS } from "../limits.ts";

/** A squared length within this distance of 1 is a unit vector's in float32: the vector is used without a change of its bits. */
const TOLERANCE = 1e-6;

/**
 * The vector scaled to unit length, so that scores are cosines. Takes any list of numbers, also float64. Throws `bad-vector` for
 * other values, an empty list, NaN, infinity and the zero vector.
 */
export function checkedVector(given: unknown): Float32Array<ArrayBuffer> {
  if (!isNumbers(given)) throw badVector(shown(given), "a Float32Array");
  if (given.length === 0 || given.length > LIMITS.vectorDimensions) {
    throw badVector(`${given.length} values`, `1 to ${LIMITS.vectorDimensions}`);
  }
  const vector = Float32Array.from(given as ArrayLike<number>);
  const squared = vector.reduce((sum, value) => sum + value * value, 0);
  // Negated so that NaN is refused too.
  if (!(squared > 0 && squared < Number.POSITIVE_INFINITY)) {
    throw badVector(`a query with squared length ${squared}`, "finite values, not all zero");
  }
  const length = Math.sqrt(squared);
  return Math.abs(squared - 1) <= TOLERANCE ? vector : vector.map((value) => value / length);
}

function isNumbers(given: unknown): given is Float32Array | Float64Array | readonly number[] {
  if (given instanceof Float32Array || given instanceof Float64Array) return true;
  // A list may have holes, which `every` skips.
  return Array.isArray(given) && Array.from(given).every((value) => typeof value === "number");
}

function badVector(got: string, expected: string): PipitError {
  return new PipitError("bad-vector", { got, expected, do: "Embed the query with the model of this collection." });
}
