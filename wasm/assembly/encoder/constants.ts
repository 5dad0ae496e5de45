/**
 * Numbers of hot loops, kept in memory: V8 makes a splat of a constant anew at each use, with three instructions, and loads one
 * from memory with one.
 */
const TABLE: usize = memory.data<f32>([
  // 0: rounding: added to a float below 2^22 it leaves the nearest whole number (ties to even) in the low bits
  12582912,
  // 1: e^x: least x, log2 e, ln 2, then the polynomial from degree 4 down
  -87, 1.44269504, 0.69314718, 4.15131881e-2, 1.6787947e-1, 5.00030382e-1, 9.99966581e-1, 1,
  // 9: gelu: where x is clamped, then the polynomial from degree 12 down, then 1/2
  4, -4, 2.27815065e-8, -1.59860565e-6, 4.79555856e-5, -8.14016093e-4, 8.77239089e-3, -6.45731166e-2, 3.97883356e-1, 0.5,
  // 19: quick gelu: the greatest exponent, the factor
  80, -1.702,
], 16);

export const ROUNDER: usize = 0;
export const EXP_LEAST: usize = 1;
export const LOG2_E: usize = 2;
export const LN2: usize = 3;
export const EXP_POLYNOMIAL: usize = 4;
export const GELU_HELD: usize = 9;
export const GELU_POLYNOMIAL: usize = 11;
export const HALF: usize = 18;
export const QUICK_HELD: usize = 19;
export const QUICK_FACTOR: usize = 20;

/** A number of the table in all lanes. */
@inline
export function spread(number: usize): v128 {
  return v128.load32_splat(TABLE + (number << 2));
}
