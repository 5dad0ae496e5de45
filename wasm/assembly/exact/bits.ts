/**
 * One bit a dimension, after a rotation: on which side of the calibrated mean the value lies. The query stays whole: its differences
 * from the mean are summed over the set bits, four dimensions at a time by tables of sixteen, sixteen slots at a time.
 *
 * With r = x - mean, p = q - mean, both rotated, and s the signs of r, <p, r> is estimated as <r, r> / sum |r| * <p, s>, which is
 * right on average (RaBitQ, Gao and Long 2024). What does not depend on the query is kept exactly, as scale and bias. Such a
 * distance is an estimate and may be below 0.
 *
 * The part of p along r is estimated without error. The part across r is as long as |p| times the sine between them, and by the
 * triangle of p, r and q - x, |r| times that is at most |q - x|. So the standard deviation of the estimate is at most
 * |p| |q - x| sqrt((1 - c^2) / c^2 / (width - 1)), where c = sum |r| / (|r| sqrt(width)) is nearly sqrt(2 / pi).
 *
 * Table entries are seven bits, so that a low and a high one fit a byte; their rounding is a fortieth of what the bits
 * themselves lose at 384 dimensions.
 */
import { BLOCK, LOW_BYTES, NIBBLES, codeBytes, isSquared, width } from "./layout";
import { biasAt, blockAt, scaleAt } from "./arena";
import { quantizer } from "./quantizer";
import { dotOf } from "../shared/lanes";
import { makeRotationRoom, rotate, rotateBack } from "./rotation";
import { padded, squareOf } from "./vector";
import { allocate } from "../shared/memory";

const TABLE_PEAK: f32 = 127;
// Below it the factor would leave the range of f32, and all products are nearly 0.
const LEAST_PEAK: f32 = 1e-30;
// sqrt((1 - c^2) / c^2), with c = sqrt(2 / pi).
const SPREAD: f32 = 0.7555;
// Bytes of code until the 16-bit sums are full: 254 each.
const RUN: u32 = 256;

let tables: usize = 0;
let residual: usize = 0;
let sums: usize = 0;
let base: f32 = 0;
let step: f32 = 0;
let floor: f32 = 0;

/** Distances of the block last measured. */
export let blockDistances: usize = 0;
/**
 * Times the square root of a distance, the most that the standard deviation of its estimate can be. To be added to distances before:
 * `lengths`, 0 where vectors are of unit length.
 */
export let bitSpread: f32 = 0;
export let lengths: f32 = 0;
/** The square of the longest vector that was ever kept. */
let longest: f32 = 0;

export function makeBitRoom(): bool {
  tables = allocate(<u64>codeBytes << 5);
  residual = allocate(<u64>width << 2);
  sums = allocate(BLOCK * 4);
  blockDistances = allocate(BLOCK * 4);
  return makeRotationRoom() && tables != 0 && residual != 0 && sums != 0 && blockDistances != 0;
}

/** Notes the length of the padded vector, which is to be kept. */
export function noteLength(): void {
  longest = max(longest, squareOf(padded, width));
}

export function keepBits(slot: u32): void {
  noteLength();
  takeResidual();
  const square = squareOf(residual, width);
  store<f32>(biasAt(slot), isSquared ? square : -dotOf(quantizer, residual, width));
  rotate(residual);
  const place = blockAt(slot) + (slot & (BLOCK - 1));
  for (let byte: u32 = 0; byte < codeBytes; byte++) store<u8>(place + byte * BLOCK, signsOf(residual + (byte << 5)));
  const reach = reachOf();
  const scale: f32 = reach > 0 ? square / reach : 0;
  store<f32>(scaleAt(slot), isSquared ? 2 * scale : scale);
}

export function decodeBits(slot: u32, target: usize): void {
  const place = blockAt(slot) + (slot & (BLOCK - 1));
  const scale = load<f32>(scaleAt(slot)) * (isSquared ? 0.5 : 1);
  for (let i: u32 = 0; i < width; i++) {
    const isSet = (load<u8>(place + (i >> 3) * BLOCK) >> <u8>(i & 7)) & 1;
    store<f32>(residual + (i << 2), isSet ? scale : -scale);
  }
  rotateBack(residual);
  for (let at: u32 = 0; at < width << 2; at += 16) {
    v128.store(target + at, f32x4.add(v128.load(quantizer + at), v128.load(residual + at)));
  }
}

function takeResidual(): void {
  for (let at: u32 = 0; at < width << 2; at += 16) {
    v128.store(residual + at, f32x4.sub(v128.load(padded + at), v128.load(quantizer + at)));
  }
}

function signsOf(values: usize): u8 {
  const zero = f32x4.splat(0);
  const low = i32x4.bitmask(f32x4.gt(v128.load(values), zero));
  const high = i32x4.bitmask(f32x4.gt(v128.load(values, 16), zero));
  return <u8>(low | (high << 4));
}

function reachOf(): f32 {
  let total: f32 = 0;
  for (let i: u32 = 0; i < width; i++) total += abs(load<f32>(residual + (i << 2)));
  return total;
}

/** Makes the tables for the padded query. */
export function probeBits(): void {
  takeResidual();
  const square = squareOf(residual, width);
  base = isSquared ? square : 1 - dotOf(padded, quantizer, width);
  // |q - x|^2 is a distance under squared L2, where the estimate counts twice, and otherwise 2 distance + |q|^2 + |x|^2 - 2.
  bitSpread = SPREAD * sqrt<f32>((isSquared ? 4 : 2) * square / <f32>(width - 1));
  lengths = isSquared ? 0 : max<f32>(0, (squareOf(padded, width) + longest) / 2 - 1);
  rotate(residual);
  let peak: f32 = 0;
  for (let group: u32 = 0; group < codeBytes << 1; group++) peak = max(peak, spreadOf(residual + (group << 4)));
  step = peak / TABLE_PEAK;
  const factor: f32 = peak > LEAST_PEAK ? TABLE_PEAK / peak : 0;
  let least: f32 = 0, total: f32 = 0;
  for (let group: u32 = 0; group < codeBytes << 1; group++) {
    const values = residual + (group << 4);
    const lowest = leastOf(values);
    fillTable(values, lowest, factor, tables + (group << 4));
    least += lowest;
    total += load<f32>(values) + load<f32>(values, 4) + (load<f32>(values, 8) + load<f32>(values, 12));
  }
  // The sum over set bits, doubled, less the sum over all, is the product with the signs.
  floor = 2 * least - total;
  step *= 2;
}

function spreadOf(values: usize): f32 {
  return abs(load<f32>(values)) + abs(load<f32>(values, 4)) + (abs(load<f32>(values, 8)) + abs(load<f32>(values, 12)));
}

function leastOf(values: usize): f32 {
  return (
    min<f32>(load<f32>(values), 0) + min<f32>(load<f32>(values, 4), 0) +
    (min<f32>(load<f32>(values, 8), 0) + min<f32>(load<f32>(values, 12), 0))
  );
}

function fillTable(values: usize, lowest: f32, factor: f32, table: usize): void {
  for (let signs: u32 = 0; signs < 16; signs++) {
    let sum: f32 = 0;
    for (let bit: u32 = 0; bit < 4; bit++) if (signs & (1 << bit)) sum += load<f32>(values + (bit << 2));
    store<u8>(table + signs, <u8>min<f32>(TABLE_PEAK, max<f32>(0, nearest((sum - lowest) * factor))));
  }
}

/** Distances of the sixteen slots from `slot` on, a multiple of 16. */
export function measureBlock(slot: u32): void {
  const codes = blockAt(slot);
  if (codeBytes <= RUN) {
    addUp(codes, 0, codeBytes, true);
  } else {
    for (let from: u32 = 0; from < codeBytes; from += RUN) addUp(codes, from, min(from + RUN, codeBytes), from == 0);
  }
  const scales = scaleAt(slot), biases = biasAt(slot);
  const by = f32x4.splat(step), low = f32x4.splat(floor), start = f32x4.splat(base);
  for (let at: u32 = 0; at < BLOCK * 4; at += 16) {
    const product = f32x4.add(f32x4.mul(f32x4.convert_i32x4_u(v128.load(sums + at)), by), low);
    const bias = f32x4.add(start, v128.load(biases + at));
    v128.store(blockDistances + at, f32x4.sub(bias, f32x4.mul(v128.load(scales + at), product)));
  }
}

function addUp(codes: usize, from: u32, to: u32, isFirst: bool): void {
  const nibble = v128.load(NIBBLES);
  const lowByte = v128.load(LOW_BYTES);
  let even = i16x8.splat(0), odd = even;
  for (let byte = from; byte < to; byte++) {
    const sixteen = v128.load(codes + (byte << 4));
    const table = tables + (byte << 5);
    const low = lookUp(v128.load(table), v128.and(sixteen, nibble));
    const high = lookUp(v128.load(table, 16), v128.and(i16x8.shr_u(sixteen, 4), nibble));
    const both = i8x16.add(low, high);
    even = i16x8.add(even, v128.and(both, lowByte));
    odd = i16x8.add(odd, i16x8.shr_u(both, 8));
  }
  const head = v128.shuffle<i16>(even, odd, 0, 8, 1, 9, 2, 10, 3, 11);
  const tail = v128.shuffle<i16>(even, odd, 4, 12, 5, 13, 6, 14, 7, 15);
  keepSum(0, i32x4.extend_low_i16x8_u(head), isFirst);
  keepSum(16, i32x4.extend_high_i16x8_u(head), isFirst);
  keepSum(32, i32x4.extend_low_i16x8_u(tail), isFirst);
  keepSum(48, i32x4.extend_high_i16x8_u(tail), isFirst);
}

@inline
function keepSum(at: usize, sum: v128, isFirst: bool): void {
  v128.store(sums + at, isFirst ? sum : i32x4.add(sum, v128.load(sums + at)));
}

// Indices are 0..15, where both instructions agree.
@inline
function lookUp(table: v128, indices: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? i8x16.relaxed_swizzle(table, indices) : i8x16.swizzle(table, indices);
}
