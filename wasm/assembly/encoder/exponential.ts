/**
 * e^x of four lanes, for any x of at most 88; relative error under 1e-5, a third of a step of attention's
 * weights. x = n ln 2 + r with |r| <= ln 2 / 2; e^r by a polynomial of degree 4, 2^n by the exponent's bits. No fused product
 * anywhere, so that every machine rounds alike.
 */
import { EXP_LEAST, EXP_POLYNOMIAL, LN2, LOG2_E, ROUNDER, spread } from "./constants";

@inline
export function exponential(x: v128): v128 {
  const held = f32x4.pmax(spread(EXP_LEAST), x);
  const rounder = spread(ROUNDER);
  const shifted = f32x4.add(f32x4.mul(held, spread(LOG2_E)), rounder);
  const n = f32x4.sub(shifted, rounder);
  const r = f32x4.sub(held, f32x4.mul(n, spread(LN2)));
  let sum = f32x4.add(f32x4.mul(spread(EXP_POLYNOMIAL), r), spread(EXP_POLYNOMIAL + 1));
  sum = f32x4.add(f32x4.mul(sum, r), spread(EXP_POLYNOMIAL + 2));
  sum = f32x4.add(f32x4.mul(sum, r), spread(EXP_POLYNOMIAL + 3));
  sum = f32x4.add(f32x4.mul(sum, r), spread(EXP_POLYNOMIAL + 4));
  // The rounder's low bits hold n; shifted into the exponent they multiply by 2^n.
  return i32x4.add(sum, i32x4.shl(shifted, 23));
}
