import { assertQueryVector } from "../../shared/vector-check.ts";
import type { GraphShape } from "../options.ts";

/** Splits row-major queries and checks each. Throws the errors of a search. */
export function splitQueries(queries: Float32Array, shape: GraphShape): Float32Array[] {
  const { dimensions } = shape;
  const count = Math.ceil(queries.length / dimensions);
  const each = Array.from({ length: count }, (_, i) => queries.subarray(i * dimensions, (i + 1) * dimensions));
  for (const query of each) assertQueryVector(query, shape);
  return each;
}
