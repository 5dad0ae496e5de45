/**
 * Rows of f32 to codes of seven bits, each row by its own least and greatest value:
 *
 *   value = low + step * code,  step = (greatest - least) / 127,  low = least
 *
 * A row's codes depend only on the row, so a text's bits do not depend on its batch. Codes are 0..127 because the relaxed dot
 * product multiplies these exactly on every processor. `low` is no code: its part of a product is
 * low times the sum of the weights, which the packer computes.
 *
 * The build without byte products reads codes as 16-bit lanes, and keeps them so.
 */
import { DOT_PLAIN, dots } from "./dots";

/** Bytes of one code. */
export const CODE_BYTES: u32 = dots == DOT_PLAIN ? 2 : 1;

/** Bytes of a row's facts: step f32, low f32. */
export const FACT_BYTES: u32 = 8;

const STEPS: f32 = 127;
// Added to a float below 2^22, it leaves the nearest integer (ties to even) in the low bits.
const ROUNDER: f32 = 12582912;
const ROUNDER_BITS: i32 = 0x4b400000;

/** Codes of one row whose least and greatest values are known. `width` is a multiple of 16. */
@inline
export function encodeRow(values: usize, width: u32, minima: v128, maxima: v128, codes: usize, facts: usize): void {
  const low = leastLane(minima);
  const range = greatestLane(maxima) - low;
  store<f32>(facts, range / STEPS);
  store<f32>(facts, low, 4);
  const factor = f32x4.splat(range > 0 ? STEPS / range : 0);
  const base = f32x4.splat(low);
  const rounder = f32x4.splat(ROUNDER);
  const bits = i32x4.splat(ROUNDER_BITS);
  for (let at: u32 = 0; at < width; at += 16) {
    const from = values + (<usize>at << 2);
    const first = i16x8.narrow_i32x4_s(
      encode(v128.load(from), base, factor, rounder, bits),
      encode(v128.load(from, 16), base, factor, rounder, bits),
    );
    const second = i16x8.narrow_i32x4_s(
      encode(v128.load(from, 32), base, factor, rounder, bits),
      encode(v128.load(from, 48), base, factor, rounder, bits),
    );
    if (dots == DOT_PLAIN) {
      v128.store(codes + (<usize>at << 1), first);
      v128.store(codes + (<usize>at << 1), second, 16);
    } else {
      v128.store(codes + at, i8x16.narrow_i16x8_u(first, second));
    }
  }
}

@inline
function encode(values: v128, base: v128, factor: v128, rounder: v128, bits: v128): v128 {
  return i32x4.sub(f32x4.add(f32x4.mul(f32x4.sub(values, base), factor), rounder), bits);
}

/** Codes of consecutive rows. */
export function encodeRows(values: usize, rows: u32, width: u32, codes: usize, facts: usize): void {
  for (let row: u32 = 0; row < rows; row++) {
    let minima = v128.load(values);
    let maxima = minima;
    for (let at: u32 = 16; at < width << 2; at += 16) {
      const four = v128.load(values + at);
      minima = f32x4.pmin(minima, four);
      maxima = f32x4.pmax(maxima, four);
    }
    encodeRow(values, width, minima, maxima, codes, facts);
    values += <usize>width << 2;
    codes += <usize>width * CODE_BYTES;
    facts += FACT_BYTES;
  }
}

@inline
function leastLane(lanes: v128): f32 {
  return min(
    min(f32x4.extract_lane(lanes, 0), f32x4.extract_lane(lanes, 1)),
    min(f32x4.extract_lane(lanes, 2), f32x4.extract_lane(lanes, 3)),
  );
}

@inline
function greatestLane(lanes: v128): f32 {
  return max(
    max(f32x4.extract_lane(lanes, 0), f32x4.extract_lane(lanes, 1)),
    max(f32x4.extract_lane(lanes, 2), f32x4.extract_lane(lanes, 3)),
  );
}
