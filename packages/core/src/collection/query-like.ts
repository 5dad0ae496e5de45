import { LIMITS } from "../limits.ts";
import type { CollectionQuery } from "../ports/collection.ts";
import type { StoredEntry } from "../ports/entry-store.ts";

/** An entry as a query: the mean direction of its passages, and that of its parts in each further space; its words if it has no vectors. */
export function queryLike({ text, passages, vectors, further = [] }: StoredEntry): CollectionQuery {
  const inFurther = further.flatMap(({ space, parts, vectors }) => {
    const vector = meanDirection(vectors, parts.length);
    return vector ? [{ space, vector }] : [];
  });
  const vector = meanDirection(vectors, passages.length);
  if (vector || inFurther.length > 0) return { vector, further: inFurther };
  return { text: text.slice(0, LIMITS.queryCharacters) };
}

/** The mean of unit rows, brought to length 1; the first row if they cancel one another out. Undefined without rows. */
function meanDirection(matrix: Float32Array, rows: number): Float32Array | undefined {
  if (rows === 0) return undefined;
  const dimensions = matrix.length / rows;
  const mean = new Float32Array(dimensions);
  for (const [at, value] of matrix.entries()) mean[at % dimensions]! += value;
  const length = Math.hypot(...mean);
  return length > LEAST_LENGTH ? mean.map((value) => value / length) : matrix.slice(0, dimensions);
}

const LEAST_LENGTH = 1e-3;
