/** Rows that occur again later in the call are left out, with their vectors (row-major): the last one counts. */
export function lastOfEach(rows: Uint32Array, vectors: Float32Array, dimensions: number): [Uint32Array, Float32Array] {
  const last = new Map(Array.from(rows, (row, i) => [row, i]));
  if (last.size === rows.length) return [rows, vectors];
  return [Uint32Array.from(last.keys()), pickVectors(vectors, [...last.values()], dimensions)];
}

/** The vectors at those places of a row-major matrix. */
export function pickVectors(vectors: Float32Array, places: readonly number[], dimensions: number): Float32Array {
  const picked = new Float32Array(places.length * dimensions);
  for (const [i, place] of places.entries()) {
    picked.set(vectors.subarray(place * dimensions, (place + 1) * dimensions), i * dimensions);
  }
  return picked;
}
