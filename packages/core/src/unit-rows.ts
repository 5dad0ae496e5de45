/** The rounding of float32 sums stays far below this; a wrong pooling or a half-written buffer exceeds it. */
const NORM_TOLERANCE = 1e-3;

/**
 * The reason why a row-major matrix [rows, dimensions] has other rows than unit vectors, or undefined if all are: its size, NaN or infinity,
 * a zero row, a norm off by more than 0.001.
 */
export function whyNotUnitRows(matrix: Float32Array, rows: number, dimensions: number): string | undefined {
  if (matrix.length !== rows * dimensions) return `${matrix.length} numbers for ${rows} rows of ${dimensions}`;
  for (let row = 0; row < rows; row++) {
    const norm = rowNorm(matrix, row * dimensions, dimensions);
    // Negated so that NaN is refused too.
    if (!(Math.abs(norm - 1) <= NORM_TOLERANCE)) return `a vector of norm ${norm} in row ${row}`;
  }
  return undefined;
}

function rowNorm(matrix: Float32Array, start: number, dimensions: number): number {
  let sum = 0;
  for (let i = start; i < start + dimensions; i++) sum += matrix[i]! * matrix[i]!;
  return Math.sqrt(sum);
}
