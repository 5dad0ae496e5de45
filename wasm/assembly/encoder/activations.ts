/**
 * The activation between a block's two matrices, fused with the codes of the second one's input. `smoothing` holds `width` factors,
 * then `width` shifts, f32: coded value = activation * factor + shift, by which the packer smooths the channels.
 *
 * gelu: x * Phi(x), Phi by an odd polynomial of degree 13 with x clamped to [-4, 4]; within 2e-4 of the exact function
 * everywhere, a hundredth of a code's step. quick gelu (CLIP): x / (1 + e^(-1.702 x)).
 */
import { CODE_BYTES, FACT_BYTES, encodeRow } from "./codes";
import { EXP_POLYNOMIAL, GELU_HELD, GELU_POLYNOMIAL, HALF, QUICK_FACTOR, QUICK_HELD, spread } from "./constants";
import { exponential } from "./exponential";

/** Rows in place; what is left of them are the smoothed activations. */
export function gelu(values: usize, rows: u32, width: u32, smoothing: usize, codes: usize, facts: usize): void {
  activate(false, values, rows, width, smoothing, codes, facts);
}

/** Rows in place; what is left of them are the smoothed activations. */
export function quickGelu(values: usize, rows: u32, width: u32, smoothing: usize, codes: usize, facts: usize): void {
  activate(true, values, rows, width, smoothing, codes, facts);
}

@inline
function activate(
  isQuick: bool, values: usize, rows: u32, width: u32, smoothing: usize, codes: usize, facts: usize,
): void {
  for (let row: u32 = 0; row < rows; row++) {
    let minima = f32x4.splat(f32.MAX_VALUE);
    let maxima = f32x4.splat(-f32.MAX_VALUE);
    for (let at: u32 = 0; at < width << 2; at += 16) {
      const four = v128.load(values + at);
      const coded = smoothed(isQuick ? quickGeluOf(four) : geluOf(four), smoothing + at, width);
      v128.store(values + at, coded);
      minima = f32x4.pmin(minima, coded);
      maxima = f32x4.pmax(maxima, coded);
    }
    encodeRow(values, width, minima, maxima, codes, facts);
    values += <usize>width << 2;
    codes += <usize>width * CODE_BYTES;
    facts += FACT_BYTES;
  }
}

@inline
function smoothed(four: v128, smoothing: usize, width: u32): v128 {
  return f32x4.add(f32x4.mul(four, v128.load(smoothing)), v128.load(smoothing + (<usize>width << 2)));
}

@inline
function geluOf(x: v128): v128 {
  const held = f32x4.pmin(spread(GELU_HELD), f32x4.pmax(spread(GELU_HELD + 1), x));
  const square = f32x4.mul(held, held);
  let sum = f32x4.add(f32x4.mul(spread(GELU_POLYNOMIAL), square), spread(GELU_POLYNOMIAL + 1));
  sum = f32x4.add(f32x4.mul(sum, square), spread(GELU_POLYNOMIAL + 2));
  sum = f32x4.add(f32x4.mul(sum, square), spread(GELU_POLYNOMIAL + 3));
  sum = f32x4.add(f32x4.mul(sum, square), spread(GELU_POLYNOMIAL + 4));
  sum = f32x4.add(f32x4.mul(sum, square), spread(GELU_POLYNOMIAL + 5));
  sum = f32x4.add(f32x4.mul(sum, square), spread(GELU_POLYNOMIAL + 6));
  return f32x4.mul(x, f32x4.add(f32x4.mul(sum, held), spread(HALF)));
}

@inline
function quickGeluOf(x: v128): v128 {
  const falling = exponential(f32x4.pmin(spread(QUICK_HELD), f32x4.mul(x, spread(QUICK_FACTOR))));
  return f32x4.div(x, f32x4.add(spread(EXP_POLYNOMIAL + 4), falling));
}
