/** From a text's rows to vectors of its tokens: rows that were multiplied by a projection are centred, and may be cut to signs. */
import { dotOf } from "../shared/lanes";

/** projected[row] = projected[row] / |states[row]| - offsets, in place. Widths are multiples of 4. */
export function centerRows(
  projected: usize, count: u32, dimensions: u32, states: usize, width: u32, offsets: usize,
): void {
  const bytes = <usize>dimensions << 2;
  for (let row: u32 = 0; row < count; row++) {
    const square = dotOf(states, states, width);
    const factor = f32x4.splat(square > 0 ? 1 / sqrt(square) : 0);
    for (let at: usize = 0; at < bytes; at += 16) {
      const scaled = f32x4.mul(v128.load(projected + at), factor);
      v128.store(projected + at, f32x4.sub(scaled, v128.load(offsets + at)));
    }
    projected += bytes;
    states += <usize>width << 2;
  }
}

/** Bit i % 8 of byte i / 8 is 1 where value i is above 0. The number of values is a multiple of 8. */
export function signBits(values: usize, count: u32, out: usize): void {
  const zero = f32x4.splat(0);
  for (let at: u32 = 0; at < count; at += 8) {
    const lower = i32x4.bitmask(f32x4.gt(v128.load(values), zero));
    const upper = i32x4.bitmask(f32x4.gt(v128.load(values, 16), zero));
    store<u8>(out++, lower | (upper << 4));
    values += 32;
  }
}
