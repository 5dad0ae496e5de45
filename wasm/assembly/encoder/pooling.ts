/** From rows of tokens to one row a text. */
import { addLanes } from "../shared/lanes";

/** out[width] = the sum of rows; it has the direction of the mean, and is normalized afterwards. */
export function sumRows(rows: usize, count: u32, width: u32, out: usize): void {
  const bytes = <usize>width << 2;
  memory.copy(out, rows, bytes);
  for (let row: u32 = 1; row < count; row++) {
    const from = rows + bytes * row;
    for (let at: usize = 0; at < bytes; at += 16) {
      v128.store(out + at, f32x4.add(v128.load(out + at), v128.load(from + at)));
    }
  }
}

/** Rows to length 1, in place; a row of zeros stays. */
export function toUnitLength(rows: usize, count: u32, width: u32): void {
  const bytes = <usize>width << 2;
  for (let row: u32 = 0; row < count; row++) {
    let sums = f32x4.splat(0);
    for (let at: usize = 0; at < bytes; at += 16) {
      const four = v128.load(rows + at);
      sums = f32x4.add(sums, f32x4.mul(four, four));
    }
    const square = addLanes(sums);
    const factor = f32x4.splat(square > 0 ? 1 / sqrt(square) : 0);
    for (let at: usize = 0; at < bytes; at += 16) v128.store(rows + at, f32x4.mul(v128.load(rows + at), factor));
    rows += bytes;
  }
}
