/** A symmetric matrix [size][size], row-major. */
export interface Symmetric {
  readonly values: Float64Array;
  readonly size: number;
}

const SWEEPS = 50;
// Relative to the trace: rotations by less would not change a sum of f64.
const NEGLIGIBLE = 1e-30;

/**
 * Eigenvectors of a symmetric matrix, one a row, by falling eigenvalue. Cyclic Jacobi rotations: only +, -, *, / and square roots,
 * which all machines round alike, so that the same matrix gives the same bits. The entry of largest size of each vector is positive.
 */
export function eigenvectors({ values, size }: Symmetric): Float64Array[] {
  const matrix = Float64Array.from(values);
  const vectors = Array.from({ length: size }, (_, i) =>
    Float64Array.from({ length: size }, (_, j) => Number(i === j)),
  );
  for (let sweep = 0; sweep < SWEEPS && isCoupled(matrix, size); sweep++) {
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotate({ matrix, size, vectors }, p, q);
  }
  const order = [...vectors.keys()].sort((a, b) => matrix[b * size + b]! - matrix[a * size + a]! || a - b);
  return order.map((i) => withPositiveSign(vectors[i]!));
}

function isCoupled(matrix: Float64Array, size: number): boolean {
  let [outside, trace] = [0, 0];
  for (let i = 0; i < size; i++) {
    trace += Math.abs(matrix[i * size + i]!);
    for (let j = 0; j < i; j++) outside += matrix[i * size + j]! ** 2;
  }
  return outside > NEGLIGIBLE * trace * trace;
}

interface Rotating {
  readonly matrix: Float64Array;
  readonly size: number;
  readonly vectors: Float64Array[];
}

/** Makes entry [p][q] zero by a rotation in that plane. */
function rotate({ matrix, size, vectors }: Rotating, p: number, q: number): void {
  const apart = matrix[p * size + q]!;
  if (apart === 0) return;
  const theta = (matrix[q * size + q]! - matrix[p * size + p]!) / (2 * apart);
  const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const turn = { cosine, sine: tangent * cosine };
  for (let i = 0; i < size; i++) turnPair(matrix, [i * size + p, i * size + q], turn);
  for (let i = 0; i < size; i++) turnPair(matrix, [p * size + i, q * size + i], turn);
  turnRows(vectors[p]!, vectors[q]!, turn);
}

interface Turn {
  readonly cosine: number;
  readonly sine: number;
}

function turnPair(values: Float64Array, [a, b]: readonly [number, number], { cosine, sine }: Turn): void {
  const [x, y] = [values[a]!, values[b]!];
  values[a] = cosine * x - sine * y;
  values[b] = sine * x + cosine * y;
}

function turnRows(a: Float64Array, b: Float64Array, { cosine, sine }: Turn): void {
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, b[i]!];
    a[i] = cosine * x - sine * y;
    b[i] = sine * x + cosine * y;
  }
}

function withPositiveSign(vector: Float64Array): Float64Array {
  let largest = 0;
  for (let i = 1; i < vector.length; i++) if (Math.abs(vector[i]!) > Math.abs(vector[largest]!)) largest = i;
  return vector[largest]! < 0 ? vector.map((value) => -value) : vector;
}
