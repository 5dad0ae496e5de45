/** Row-major. */
export interface Vectors {
  readonly rows: Float32Array;
  readonly dimensions: number;
}

/** Inner product of row `i` of `a` and row `j` of `b`. */
export function dot(a: Vectors, i: number, b: Vectors, j: number): number {
  const [from, to, width] = [i * a.dimensions, j * b.dimensions, a.dimensions];
  let sum = 0;
  for (let k = 0; k < width; k++) sum += a.rows[from + k]! * b.rows[to + k]!;
  return sum;
}
