/**
 * LayerNorm over a row of x + addend, fused with the steps before and after it: the residual's sum, and the codes that
 * the next matrix reads. Mean and variance in two passes over f32, sums in four lanes added in one fixed order.
 *
 * A norm's vectors lie one after another, each `width` f32: gain and shift of the row that is kept, then gain and shift of the
 * row that is coded. They differ where the packer smooths the channels of the next matrix's input.
 */
import { addLanes } from "../shared/lanes";
import { CODE_BYTES, FACT_BYTES, encodeRow } from "./codes";

// The values of the row that is to be coded.
let coded: usize = 0;

/** Sets the address of working memory for one row of f32. */
export function lendNormRow(address: usize): void {
  coded = address;
}

/** Norm after the residual (BERT): x becomes the normed sum, codes are those of its smoothed copy. `addend` 0 adds nothing. */
export function normAfter(
  x: usize, addend: usize, rows: u32, width: u32, vectors: usize, epsilon: f32, codes: usize, facts: usize,
): void {
  normRows(true, x, addend, rows, width, vectors, epsilon, codes, facts);
}

/** Norm before the block (CLIP): x becomes the sum, codes are those of the sum normed and smoothed. `addend` 0 adds nothing. */
export function normBefore(
  x: usize, addend: usize, rows: u32, width: u32, vectors: usize, epsilon: f32, codes: usize, facts: usize,
): void {
  normRows(false, x, addend, rows, width, vectors, epsilon, codes, facts);
}

@inline
function normRows(
  keepsNormed: bool,
  x: usize, addend: usize, rows: u32, width: u32, vectors: usize, epsilon: f32, codes: usize, facts: usize,
): void {
  const bytes = <usize>width << 2;
  for (let row: u32 = 0; row < rows; row++) {
    const mean = sumInto(x, addend, bytes) / <f32>width;
    const factor = f32x4.splat(1 / sqrt(squares(x, bytes, mean) / <f32>width + epsilon));
    const center = f32x4.splat(mean);
    let minima = f32x4.splat(f32.MAX_VALUE);
    let maxima = f32x4.splat(-f32.MAX_VALUE);
    for (let at: usize = 0; at < bytes; at += 16) {
      const normed = f32x4.mul(f32x4.sub(v128.load(x + at), center), factor);
      const vector = vectors + at;
      if (keepsNormed) v128.store(x + at, shifted(normed, vector, vector + bytes));
      const smoothed = shifted(normed, vector + bytes * 2, vector + bytes * 3);
      v128.store(coded + at, smoothed);
      minima = f32x4.pmin(minima, smoothed);
      maxima = f32x4.pmax(maxima, smoothed);
    }
    encodeRow(coded, width, minima, maxima, codes, facts);
    x += bytes;
    if (addend) addend += bytes;
    codes += <usize>width * CODE_BYTES;
    facts += FACT_BYTES;
  }
}

@inline
function shifted(normed: v128, gain: usize, shift: usize): v128 {
  return f32x4.add(f32x4.mul(normed, v128.load(gain)), v128.load(shift));
}

@inline
function sumInto(x: usize, addend: usize, bytes: usize): f32 {
  let sums = f32x4.splat(0);
  if (addend) {
    for (let at: usize = 0; at < bytes; at += 16) {
      const four = f32x4.add(v128.load(x + at), v128.load(addend + at));
      v128.store(x + at, four);
      sums = f32x4.add(sums, four);
    }
  } else {
    for (let at: usize = 0; at < bytes; at += 16) sums = f32x4.add(sums, v128.load(x + at));
  }
  return addLanes(sums);
}

@inline
function squares(x: usize, bytes: usize, mean: f32): f32 {
  const center = f32x4.splat(mean);
  let sums = f32x4.splat(0);
  for (let at: usize = 0; at < bytes; at += 16) {
    const apart = f32x4.sub(v128.load(x + at), center);
    sums = f32x4.add(sums, f32x4.mul(apart, apart));
  }
  return addLanes(sums);
}
