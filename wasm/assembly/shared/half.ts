/** Half precision, for which the instruction sets have no conversion: exact by way of the exponent's range. */

// 2^112 corrects the exponent of a half that is read as a single's, for subnormal halves as well.
const LIFT: f32 = reinterpret<f32>(0x77800000);
const LARGEST: f32 = 65504;

/** Four halves at `source` as f32. */
@inline
export function decodeHalves(source: usize): v128 {
  const bits = v128.load_ext<u16>(source);
  const magnitude = i32x4.shl(v128.and(bits, i32x4.splat(0x7fff)), 13);
  const sign = i32x4.shl(v128.and(bits, i32x4.splat(0x8000)), 16);
  return v128.or(f32x4.mul(magnitude, f32x4.splat(LIFT)), sign);
}

/** The nearest half, ties to even; values that are too large become the largest half. */
export function encodeHalf(value: f32): u16 {
  const bits = reinterpret<u32>(value);
  const sign = (bits >> 16) & 0x8000;
  const magnitude = min(abs(value), LARGEST);
  if (magnitude < reinterpret<f32>(0x38800000)) return <u16>(sign | <u32>nearest(magnitude * 16777216));
  const raw = reinterpret<u32>(magnitude);
  const rounded = raw + 0xfff + ((raw >> 13) & 1);
  return <u16>(sign | ((rounded - 0x38000000) >> 13));
}

/** The bits of a half that was read with its sign in all upper bits and shifted to a single's place. */
export const HALF_BITS_KEPT: i32 = 0x8fffe000;
export const HALF_LIFT: f32 = LIFT;

/** Four halves at `source` as f32 that are 2^112 too small, for loops that correct that themselves. */
@inline
export function readHalves(source: usize, bitsKept: v128): v128 {
  return v128.and(i32x4.shl(v128.load_ext<i16>(source), 13), bitsKept);
}

/** `encodeHalf` of the four values at `source`, each half in its lane's lower bits. */
export function encodeHalves(source: usize): v128 {
  const bits = v128.load(source);
  const sign = v128.and(i32x4.shr_u(bits, 16), i32x4.splat(0x8000));
  const magnitude = f32x4.pmin(f32x4.abs(bits), f32x4.splat(LARGEST));
  const odd = v128.and(i32x4.shr_u(magnitude, 13), i32x4.splat(1));
  const rounded = i32x4.add(i32x4.add(magnitude, i32x4.splat(0xfff - 0x38000000)), odd);
  const small = i32x4.trunc_sat_f32x4_u(f32x4.nearest(f32x4.mul(magnitude, f32x4.splat(16777216))));
  const isSmall = f32x4.lt(magnitude, f32x4.splat(reinterpret<f32>(0x38800000)));
  return v128.or(sign, v128.bitselect(small, i32x4.shr_u(rounded, 13), isSmall));
}
