/**
 * Distances, smaller is nearer: 1 - inner product, or the squared Euclidean one.
 *
 * The paper measures originals everywhere. Here there are three distances. The first estimate is by the upper plane of codes
 * alone, with the mean in place of the missing four bits; the second by both planes; the last distance is by originals. Integers
 * are exact, floats are combined in one fixed order without fused multiply-add: the same bits on every machine.
 */
import { MAX_PLACES, METRIC, SQUARED_L2, align, coarseBytes, dimensions, exactValueBytes, factBytes, isByOriginals, lowerOffset, read } from "./layout";
import { allocate } from "../shared/memory";
import { coarseAt, exactAt, nodeAt } from "./arena";
import { BIAS, FACTOR, PROBE_CODES, REACH, SCALE, SQUARE, SUM, VECTOR } from "./codes";
import { decodeHalves } from "../shared/half";
import { addLanes, four } from "../shared/lanes";
import { dotAcross, dotFour } from "./dot";

// The code is 16 * upper + lower - 128; doubled, and with 7.5 in place of a lower part that was not read.
const UPPER: i32 = 5;
const LOWER: i32 = 1;
const ZERO_OF_UPPER: i32 = 241;
const ZERO: i32 = 256;
// In reaches, which are half a standard deviation.
const DOUBT: i32 = 6;

let located: usize = 0;
export let touched: u32 = 0;

export function makeDistanceRoom(): bool {
  located = allocate(16);
  return located != 0;
}

/**
 * Writes the addresses of the coarse records of so many slots to `coarse`, and repeats the last one three times. It loads a byte
 * of each of their cache lines, which nothing waits for: all lines are thereby requested at once, where the sums alone would
 * request a few at a time. There is no prefetch instruction. May read past the last record; memory goes on there.
 */
export function touchCoarse(slots: usize, coarse: usize, count: u32): void {
  let values: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const record = coarseAt(load<u32>(slots + (i << 2)));
    v128.store(coarse + (i << 2), i32x4.splat(<u32>record));
    for (let at: u32 = 0; at < coarseBytes; at += 256) {
      const lines = record + at;
      values += load<u8>(lines) + load<u8>(lines, 64) + load<u8>(lines, 128) + load<u8>(lines, 192);
    }
  }
  touched = values;
}

/** The sums of products between the probe and the upper planes of four slots; the addresses of their coarse records lie at `coarse`. */
@inline
export function dotUpper(probe: usize, coarse: usize): v128 {
  return dotFour(
    probe + PROBE_CODES,
    load<u32>(coarse) + factBytes,
    load<u32>(coarse, 4) + factBytes,
    load<u32>(coarse, 8) + factBytes,
    load<u32>(coarse, 12) + factBytes,
  );
}

/** The smallest distances that those sums allow, apart from the margin's error. */
@inline
export function leastDistances(probe: usize, sums: v128, coarse: usize): v128 {
  const rest = i32x4.splat(load<i32>(probe, REACH) - ZERO_OF_UPPER * load<i32>(probe, SUM));
  return toDistances(probe, i32x4.add(i32x4.shl(sums, UPPER), rest), coarse);
}

/** The probe's reach in distances to vectors of that slot's scale. */
export function reachAt(probe: usize, slot: u32): f32 {
  return <f32>load<i32>(probe, REACH) * load<f32>(probe, FACTOR) * load<f32>(coarseAt(slot), SCALE);
}

/** The distances by those sums, with the mean in place of the lower plane. */
@inline
export function middleDistances(probe: usize, sums: v128, coarse: usize): v128 {
  const rest = i32x4.splat(ZERO_OF_UPPER * load<i32>(probe, SUM));
  return toDistances(probe, i32x4.sub(i32x4.shl(sums, UPPER), rest), coarse);
}

/** The distances by both planes, given the sums of the upper one and the addresses of the coarse records. */
@inline
export function addLower(probe: usize, upper: v128, slots: usize, coarse: usize): v128 {
  const lower = dotLower(probe, slots);
  const zero = i32x4.splat(ZERO * load<i32>(probe, SUM));
  return toDistances(probe, i32x4.sub(i32x4.add(i32x4.shl(upper, UPPER), i32x4.shl(lower, LOWER)), zero), coarse);
}

/** From the probe to four slots by both planes, or by originals. */
export function measureFour(probe: usize, slots: usize): v128 {
  if (isByOriginals) return exactFour(load<u32>(probe, VECTOR), slots);
  for (let i: u32 = 0; i < 16; i += 4) store<u32>(located + i, coarseAt(load<u32>(slots + i)));
  return addLower(probe, dotUpper(probe, located), slots, located);
}

@inline
function dotLower(probe: usize, slots: usize): v128 {
  return dotFour(
    probe + PROBE_CODES,
    nodeAt(load<u32>(slots)) + lowerOffset,
    nodeAt(load<u32>(slots, 4)) + lowerOffset,
    nodeAt(load<u32>(slots, 8)) + lowerOffset,
    nodeAt(load<u32>(slots, 12)) + lowerOffset,
  );
}

@inline
function toDistances(probe: usize, dots: v128, coarse: usize): v128 {
  const a = load<u32>(coarse);
  const b = load<u32>(coarse, 4);
  const c = load<u32>(coarse, 8);
  const d = load<u32>(coarse, 12);
  const scales = four(load<f32>(a, SCALE), load<f32>(b, SCALE), load<f32>(c, SCALE), load<f32>(d, SCALE));
  const products = f32x4.mul(f32x4.convert_i32x4_s(dots), f32x4.mul(scales, v128.load_splat<f32>(probe, FACTOR)));
  let bias = v128.load_splat<f32>(probe, BIAS);
  if (factBytes > 4) {
    bias = f32x4.add(bias, four(load<f32>(a, SQUARE), load<f32>(b, SQUARE), load<f32>(c, SQUARE), load<f32>(d, SQUARE)));
  }
  return f32x4.sub(bias, products);
}

/**
 * A line-up of probes: their addresses, then in rows of the same length their factors, biases, sums and reaches, so that
 * four neighbours in it are read at once.
 */
const LINE: u32 = (MAX_PLACES + 4) << 2;
const FACTORS: u32 = LINE;
const BIASES: u32 = 2 * LINE;
const SUMS: u32 = 3 * LINE;
const REACHES: u32 = 4 * LINE;
export const LINE_UP_BYTES: u32 = 5 * LINE;

/** Puts the probe at the index, and at the three behind it, so that the last one fills up a group of four. */
export function lineUp(probes: usize, index: u32, probe: usize): void {
  const place = probes + (index << 2);
  v128.store(place, i32x4.splat(<u32>probe));
  v128.store(place, v128.load_splat<f32>(probe, FACTOR), FACTORS);
  v128.store(place, v128.load_splat<f32>(probe, BIAS), BIASES);
  v128.store(place, v128.load_splat<u32>(probe, SUM), SUMS);
  v128.store(place, v128.load_splat<u32>(probe, REACH), REACHES);
}

/** The sums of products between one slot's upper plane and four probes of a line-up. */
@inline
export function acrossUpper(slot: u32, probes: usize): v128 {
  return across(coarseAt(slot) + factBytes, probes);
}

/** From one slot to four probes by the upper plane, with the mean in place of the lower one. */
@inline
export function middleAcross(slot: u32, probes: usize, upper: v128): v128 {
  const sums = i32x4.mul(v128.load(probes, SUMS), i32x4.splat(ZERO_OF_UPPER));
  return toDistancesAcross(slot, probes, i32x4.sub(i32x4.shl(upper, UPPER), sums));
}

/** The error of those distances: three standard deviations. */
@inline
export function doubtAcross(slot: u32, probes: usize): v128 {
  const reaches = i32x4.mul(v128.load(probes, REACHES), i32x4.splat(DOUBT));
  const scales = f32x4.mul(v128.load(probes, FACTORS), v128.load_splat<f32>(coarseAt(slot), SCALE));
  return f32x4.mul(f32x4.convert_i32x4_s(reaches), scales);
}

/** From one slot to four probes by both planes, given the sums of the upper one. */
@inline
export function addLowerAcross(slot: u32, probes: usize, upper: v128): v128 {
  const lower = across(nodeAt(slot) + lowerOffset, probes);
  const sums = i32x4.shl(v128.load(probes, SUMS), 8);
  return toDistancesAcross(slot, probes, i32x4.sub(i32x4.add(i32x4.shl(upper, UPPER), i32x4.shl(lower, LOWER)), sums));
}

@inline
function across(plane: usize, probes: usize): v128 {
  return dotAcross(
    plane,
    load<u32>(probes) + PROBE_CODES,
    load<u32>(probes, 4) + PROBE_CODES,
    load<u32>(probes, 8) + PROBE_CODES,
    load<u32>(probes, 12) + PROBE_CODES,
  );
}

@inline
function toDistancesAcross(slot: u32, probes: usize, dots: v128): v128 {
  const facts = coarseAt(slot);
  let bias = v128.load(probes, BIASES);
  if (factBytes > 4) bias = f32x4.add(bias, v128.load_splat<f32>(facts, SQUARE));
  const scales = f32x4.mul(v128.load(probes, FACTORS), v128.load_splat<f32>(facts, SCALE));
  return f32x4.sub(bias, f32x4.mul(f32x4.convert_i32x4_s(dots), scales));
}

/** From an f32 vector to four slots' originals, which the index keeps; four at a time, as they come from far away. */
export function exactFour(vector: usize, slots: usize): v128 {
  return exactToFour(
    vector,
    exactAt(load<u32>(slots)),
    exactAt(load<u32>(slots, 4)),
    exactAt(load<u32>(slots, 8)),
    exactAt(load<u32>(slots, 12)),
  );
}

/** From one slot to four probes of a line-up, all by f32 originals. */
export function exactAcross(slot: u32, probes: usize): v128 {
  return exactToFour(
    exactAt(slot),
    load<u32>(load<u32>(probes), VECTOR),
    load<u32>(load<u32>(probes, 4), VECTOR),
    load<u32>(load<u32>(probes, 8), VECTOR),
    load<u32>(load<u32>(probes, 12), VECTOR),
  );
}

function exactToFour(vector: usize, fromA: usize, fromB: usize, fromC: usize, fromD: usize): v128 {
  const isSquared = read(METRIC) == SQUARED_L2;
  const values = align(dimensions, 8);
  let sumA = f32x4.splat(0), sumB = sumA, sumC = sumA, sumD = sumA;
  for (let i: u32 = 0; i < values; i += 4) {
    const x = v128.load(vector + (i << 2));
    sumA = addTerm(sumA, x, original(fromA, i), isSquared);
    sumB = addTerm(sumB, x, original(fromB, i), isSquared);
    sumC = addTerm(sumC, x, original(fromC, i), isSquared);
    sumD = addTerm(sumD, x, original(fromD, i), isSquared);
  }
  const totals = four(addLanes(sumA), addLanes(sumB), addLanes(sumC), addLanes(sumD));
  return isSquared ? totals : f32x4.sub(f32x4.splat(1), totals);
}

@inline
function addTerm(sum: v128, x: v128, y: v128, isSquared: bool): v128 {
  if (!isSquared) return f32x4.add(sum, f32x4.mul(x, y));
  const gap = f32x4.sub(x, y);
  return f32x4.add(sum, f32x4.mul(gap, gap));
}

@inline
function original(vector: usize, index: u32): v128 {
  return exactValueBytes == 2 ? decodeHalves(vector + (index << 1)) : v128.load(vector + (index << 2));
}
