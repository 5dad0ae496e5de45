/**
 * Codes of stored vectors, and of probes: a probe is the vector whose distances to stored ones are computed.
 *
 * A stored vector is x ~ scale * (code - 128), one byte a dimension kept as two planes of four bits: a walk reads the
 * upper plane alone, half the bytes for most of the order, and adds the lower one where it matters. A probe is
 * x ~ scale * code with signed codes; any stored vector can be made a probe without loss.
 *
 * A probe in memory: factor f32, bias f32, sum of codes i32, reach i32, the codes from 16 on. The reach is by how much the
 * lower plane may correct a sum of the upper one: half of the expected correction, since rows that are passed over by that
 * are hardly near. Where rows are measured by originals a probe is the address of an f32 vector, u32, and nothing else.
 */
import { METRIC, SQUARED_L2, dimensions, factBytes, isByOriginals, lowerOffset, planeBytes, read } from "./layout";
import { allocate } from "../shared/memory";
import { coarseAt, exactAt, nodeAt } from "./arena";
import { dotOf } from "../shared/lanes";
import { PROBE_RATIO } from "./dot";

const PEAK: f32 = 127;
const TOP_BITS: i32 = 0x80;

// Half the standard deviation of a number drawn from 0 to 15, doubled like all sums.
const LOWER_DEVIATION: f32 = 4.61;

/** Offsets in a probe and in a slot's facts. */
export const VECTOR: u32 = 0;
export const FACTOR: u32 = 0;
export const BIAS: u32 = 4;
export const SUM: u32 = 8;
export const REACH: u32 = 12;
export const PROBE_CODES: u32 = 16;
export const SCALE: u32 = 0;
export const SQUARE: u32 = 4;

/** The vector last padded, f32, zeros from `dimensions` on. */
export let padded: usize = 0;
let paddedBytes: u32 = 0;
let isBiased: bool = false;
let weight: f32 = 0.5;

export function makeCodeRoom(): bool {
  isBiased = read(METRIC) == SQUARED_L2;
  weight = isBiased ? 1 : 0.5;
  paddedBytes = planeBytes << 3;
  padded = allocate(paddedBytes);
  return padded != 0;
}

export function probeBytes(): u32 {
  return PROBE_CODES + planeBytes * PROBE_RATIO;
}

/** Copies the vector at `source` to `padded`. */
export function pad(source: usize): void {
  memory.copy(padded, source, dimensions << 2);
}

/** Keeps the padded vector's codes and facts in the slot. */
export function encodeSlot(slot: u32): void {
  const peak = peakOf();
  const factor: f32 = peak > 0 ? PEAK / peak : 0;
  const upperAt = coarseAt(slot) + factBytes;
  const lowerAt = nodeAt(slot) + lowerOffset;
  for (let at: u32 = 0; at < planeBytes; at += 16) {
    const first = v128.xor(encodeSixteen(padded + (at << 3), factor), i8x16.splat(<i8>TOP_BITS));
    const second = v128.xor(encodeSixteen(padded + (at << 3) + 64, factor), i8x16.splat(<i8>TOP_BITS));
    v128.store(upperAt + at, v128.or(i8x16.shr_u(first, 4), v128.and(second, i8x16.splat(<i8>0xf0))));
    v128.store(lowerAt + at, v128.or(v128.and(first, i8x16.splat(15)), i8x16.shl(second, 4)));
  }
  store<f32>(coarseAt(slot), peak / PEAK, SCALE);
  if (isBiased) store<f32>(coarseAt(slot), dotOf(padded, padded, paddedBytes >> 2), SQUARE);
}

/** Makes the padded vector the probe at `probe`. */
export function probeVector(probe: usize): void {
  if (isByOriginals) {
    store<u32>(probe, <u32>padded, VECTOR);
    return;
  }
  const peak = peakOf();
  const factor: f32 = peak > 0 ? PEAK / peak : 0;
  let sum = i32x4.splat(0);
  let squares = i32x4.splat(0);
  for (let at: u32 = 0; at < planeBytes; at += 16) {
    const first = encodeSixteen(padded + (at << 3), factor);
    const second = encodeSixteen(padded + (at << 3) + 64, factor);
    storeProbe(probe, at, first, second);
    sum = addCodes(sum, first, second);
    squares = addSquares(squares, first, second);
  }
  setProbe(probe, peak / PEAK, isBiased ? dotOf(padded, padded, paddedBytes >> 2) : 1, sumLanes(sum), sumLanes(squares));
}

/** Makes the slot's vector the probe at `probe`. */
export function probeSlot(probe: usize, slot: u32): void {
  if (isByOriginals) {
    store<u32>(probe, <u32>exactAt(slot), VECTOR);
    return;
  }
  const upperAt = coarseAt(slot) + factBytes;
  const lowerAt = nodeAt(slot) + lowerOffset;
  let sum = i32x4.splat(0);
  let squares = i32x4.splat(0);
  for (let at: u32 = 0; at < planeBytes; at += 16) {
    const upper = v128.load(upperAt + at);
    const lower = v128.load(lowerAt + at);
    const first = v128.or(i8x16.shl(upper, 4), v128.and(lower, i8x16.splat(15)));
    const second = v128.or(v128.and(upper, i8x16.splat(<i8>0xf0)), i8x16.shr_u(lower, 4));
    const signedFirst = v128.xor(first, i8x16.splat(<i8>TOP_BITS));
    const signedSecond = v128.xor(second, i8x16.splat(<i8>TOP_BITS));
    storeProbe(probe, at, signedFirst, signedSecond);
    sum = addCodes(sum, signedFirst, signedSecond);
    squares = addSquares(squares, signedFirst, signedSecond);
  }
  const facts = coarseAt(slot);
  setProbe(probe, load<f32>(facts, SCALE), factBytes > 4 ? load<f32>(facts, SQUARE) : 1, sumLanes(sum), sumLanes(squares));
}

// Sums of products are doubled, because the mean of a number of the lower plane is 7.5.
function setProbe(probe: usize, scale: f32, bias: f32, sum: i32, square: i32): void {
  store<f32>(probe, scale * weight, FACTOR);
  store<f32>(probe, bias, BIAS);
  store<i32>(probe, sum, SUM);
  store<i32>(probe, <i32>(LOWER_DEVIATION * sqrt<f32>(<f32>square)), REACH);
}

@inline
function storeProbe(probe: usize, at: u32, first: v128, second: v128): void {
  const place = probe + at * PROBE_RATIO;
  if (ASC_FEATURE_RELAXED_SIMD) {
    v128.store(place, first, PROBE_CODES);
    v128.store(place, second, PROBE_CODES + 16);
  } else {
    v128.store(place, i16x8.shr_s(i16x8.shl(first, 8), 8), PROBE_CODES);
    v128.store(place, i16x8.shr_s(i16x8.shl(second, 8), 8), PROBE_CODES + 16);
    v128.store(place, i16x8.shr_s(first, 8), PROBE_CODES + 32);
    v128.store(place, i16x8.shr_s(second, 8), PROBE_CODES + 48);
  }
}

@inline
function addCodes(sum: v128, first: v128, second: v128): v128 {
  const pairs = i16x8.add(i16x8.extadd_pairwise_i8x16_s(first), i16x8.extadd_pairwise_i8x16_s(second));
  return i32x4.add(sum, i32x4.extadd_pairwise_i16x8_s(pairs));
}

@inline
function encodeSixteen(source: usize, factor: f32): v128 {
  const by = f32x4.splat(factor);
  const a = i16x8.narrow_i32x4_s(encodeFour(source, by), encodeFour(source + 16, by));
  const b = i16x8.narrow_i32x4_s(encodeFour(source + 32, by), encodeFour(source + 48, by));
  return i8x16.narrow_i16x8_s(a, b);
}

@inline
function encodeFour(source: usize, factor: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(source), factor)));
}

function peakOf(): f32 {
  let peaks = f32x4.splat(0);
  for (let at: u32 = 0; at < paddedBytes; at += 16) peaks = f32x4.max(peaks, f32x4.abs(v128.load(padded + at)));
  return max(
    max(f32x4.extract_lane(peaks, 0), f32x4.extract_lane(peaks, 1)),
    max(f32x4.extract_lane(peaks, 2), f32x4.extract_lane(peaks, 3)),
  );
}

@inline
function addSquares(sum: v128, first: v128, second: v128): v128 {
  return i32x4.add(sum, i32x4.add(squaresOf(first), squaresOf(second)));
}

@inline
function squaresOf(codes: v128): v128 {
  const low = i16x8.extend_low_i8x16_s(codes);
  const high = i16x8.extend_high_i8x16_s(codes);
  return i32x4.add(i32x4.dot_i16x8_s(low, low), i32x4.dot_i16x8_s(high, high));
}

@inline
function sumLanes(sums: v128): i32 {
  return (
    i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) +
    i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3)
  );
}
