/**
 * One signed byte a dimension: x ~ center + step * code, with center and step of each dimension from the quantizer.
 *
 * A query's values times the steps become whole numbers of as many bits as leave the sum within 32, 13 at 4,096 dimensions
 * and 16 below 512. Products of bytes and such numbers are exact in both builds.
 */
import { dimensions, hasBiases, isSquared, width } from "./layout";
import { biasAt, codeAt } from "./arena";
import { quantizer } from "./quantizer";
import { dotOf, four } from "../shared/lanes";
import { padded, squareOf } from "./vector";
import { allocate } from "../shared/memory";

const MOST_CODE: f32 = 32767;
const ROOM: u32 = 1 << 24;
// Below it the scale would leave the range of f32, and all products are nearly 0.
const LEAST_PEAK: f32 = 1e-30;

// The query as i16, and a vector of working values.
let probe: usize = 0;
let worked: usize = 0;
let factor: f32 = 0;
let base: f32 = 0;

export function makeScalarRoom(): bool {
  probe = allocate(<u64>width << 1);
  worked = allocate(<u64>width << 2);
  return probe != 0 && worked != 0;
}

@inline
function stepAt(i: u32): usize {
  return quantizer + ((width + i) << 2);
}

export function keepScalar(slot: u32): void {
  const target = codeAt(slot);
  for (let i: u32 = 0; i < dimensions; i++) store<i8>(target + i, codeOf(i));
  if (!hasBiases) return;
  decodeScalar(slot, worked);
  store<f32>(biasAt(slot), squareOf(worked, width));
}

function codeOf(i: u32): i8 {
  const step = load<f32>(stepAt(i));
  if (step == 0) return 0;
  const gap = (load<f32>(padded + (i << 2)) - load<f32>(quantizer + (i << 2))) / step;
  return <i8>max<f32>(-128, min<f32>(127, nearest(gap)));
}

export function decodeScalar(slot: u32, target: usize): void {
  const source = codeAt(slot);
  for (let i: u32 = 0; i < width; i += 4) {
    const codes = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load32_zero(source + i))));
    v128.store(target + (i << 2), f32x4.add(v128.load(quantizer + (i << 2)), f32x4.mul(codes, v128.load(stepAt(i)))));
  }
}

export function probeScalar(): void {
  base = dotOf(padded, quantizer, width);
  let peaks = f32x4.splat(0);
  for (let i: u32 = 0; i < width; i += 4) {
    const value = f32x4.mul(v128.load(padded + (i << 2)), v128.load(stepAt(i)));
    v128.store(worked + (i << 2), value);
    peaks = f32x4.max(peaks, f32x4.abs(value));
  }
  const peak = max(
    max(f32x4.extract_lane(peaks, 0), f32x4.extract_lane(peaks, 1)),
    max(f32x4.extract_lane(peaks, 2), f32x4.extract_lane(peaks, 3)),
  );
  const most = min<f32>(MOST_CODE, <f32>(ROOM / width - 1));
  const scale: f32 = peak > LEAST_PEAK ? most / peak : 0;
  for (let i: u32 = 0; i < width; i++) store<i16>(probe + (i << 1), <i16>nearest(load<f32>(worked + (i << 2)) * scale));
  factor = peak / most;
  if (isSquared) {
    factor *= 2;
    base = squareOf(padded, width) - 2 * base;
  } else {
    base = 1 - base;
  }
}

export function measureScalars(a: u32, b: u32, c: u32, d: u32): v128 {
  const dots = dotFour(codeAt(a), codeAt(b), codeAt(c), codeAt(d));
  let bias = f32x4.splat(base);
  if (hasBiases) {
    bias = f32x4.add(bias, four(load<f32>(biasAt(a)), load<f32>(biasAt(b)), load<f32>(biasAt(c)), load<f32>(biasAt(d))));
  }
  return f32x4.sub(bias, f32x4.mul(f32x4.convert_i32x4_s(dots), f32x4.splat(factor)));
}

@inline
function dotFour(a: usize, b: usize, c: usize, d: usize): v128 {
  let sumA = i32x4.splat(0), sumB = sumA, sumC = sumA, sumD = sumA;
  for (let i: u32 = 0; i < width; i += 16) {
    const low = v128.load(probe + (i << 1));
    const high = v128.load(probe + (i << 1), 16);
    sumA = addProducts(sumA, a + i, low, high);
    sumB = addProducts(sumB, b + i, low, high);
    sumC = addProducts(sumC, c + i, low, high);
    sumD = addProducts(sumD, d + i, low, high);
  }
  const ab = i32x4.add(v128.shuffle<i32>(sumA, sumB, 0, 4, 1, 5), v128.shuffle<i32>(sumA, sumB, 2, 6, 3, 7));
  const cd = i32x4.add(v128.shuffle<i32>(sumC, sumD, 0, 4, 1, 5), v128.shuffle<i32>(sumC, sumD, 2, 6, 3, 7));
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7));
}

@inline
function addProducts(sum: v128, codes: usize, low: v128, high: v128): v128 {
  const first = i32x4.dot_i16x8_s(v128.load_ext<i8>(codes), low);
  const second = i32x4.dot_i16x8_s(v128.load_ext<i8>(codes, 8), high);
  return i32x4.add(sum, i32x4.add(first, second));
}
