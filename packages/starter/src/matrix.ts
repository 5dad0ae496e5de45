/** out = matrix x, four rows at a time so that each value of x is loaded once for four products. Rows: a multiple of 4. */
export function times(matrix: Float32Array, x: Float32Array, out: Float32Array): void {
  const width = x.length;
  for (let row = 0; row < out.length; row += 4) {
    const [a, b, c, d] = [row * width, (row + 1) * width, (row + 2) * width, (row + 3) * width];
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    for (let i = 0; i < width; i++) {
      const value = x[i]!;
      s0 += matrix[a + i]! * value;
      s1 += matrix[b + i]! * value;
      s2 += matrix[c + i]! * value;
      s3 += matrix[d + i]! * value;
    }
    out[row] = s0;
    out[row + 1] = s1;
    out[row + 2] = s2;
    out[row + 3] = s3;
  }
}

/** out += sum of x[row] * matrix[row], four rows at a time. Rows: a multiple of 4. */
export function addRows(matrix: Float32Array, x: Float32Array, out: Float32Array): void {
  const width = out.length;
  for (let row = 0; row < x.length; row += 4) {
    const [a, b, c, d] = [row * width, (row + 1) * width, (row + 2) * width, (row + 3) * width];
    const [x0, x1, x2, x3] = [x[row]!, x[row + 1]!, x[row + 2]!, x[row + 3]!];
    for (let i = 0; i < width; i++) {
      out[i]! += x0 * matrix[a + i]! + x1 * matrix[b + i]! + x2 * matrix[c + i]! + x3 * matrix[d + i]!;
    }
  }
}

/** Scales to length 1 in place. Returns false for a vector too short to have a direction, which is left as it is. */
export function toUnit(x: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * x[i]!;
  if (!(sum > 1e-20)) return false;
  const scale = 1 / Math.sqrt(sum);
  for (let i = 0; i < x.length; i++) x[i]! *= scale;
  return true;
}
