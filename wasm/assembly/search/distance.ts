/**
 * Distances, smaller is nearer: 1 - inner product, or the squared Euclidean one.
 *
 * The paper measures originals everywhere. Here there are three looks. The first is at the upper plane of codes alone,
 * the missing four bits taken for their middle; the second at both planes; the last at originals. Integers are exact,
 * floats are combined in one fixed order without fused multiply-add: the same bits on every machine.
 */
import { METRIC, SQUARED_L2, align, dimensions, exactValueBytes, factBytes, lowOffset, read } from "./layout";
import { exactAt, lookAt, nodeAt } from "./arena";
import { BIAS, FACTOR, PROBE_CODES, REACH, SCALE, SQUARE, SUM, addLanes, padded } from "./codes";
import { decodeHalves } from "../shared/half";
import { dotAcross, dotFour } from "./dot";

// The code is 16 * high + low - 128; doubled, and with 7.5 for a low that was not looked at.
const HIGH: i32 = 5;
const LOW: i32 = 1;
const ZERO_AT_FIRST_LOOK: i32 = 241;
const ZERO: i32 = 256;

/** The sums of products between the probe and the upper planes of four slots, whose numbers lie at `slots`. */
// @ts-ignore: decorator
@inline
export function dotHighs(probe: usize, slots: usize): v128 {
  return dotFour(
    probe + PROBE_CODES,
    lookAt(load<u32>(slots)) + factBytes,
    lookAt(load<u32>(slots, 4)) + factBytes,
    lookAt(load<u32>(slots, 8)) + factBytes,
    lookAt(load<u32>(slots, 12)) + factBytes,
  );
}

/** The least that the distances can be, by those sums, but for the margin's doubt. */
// @ts-ignore: decorator
@inline
export function leastDistances(probe: usize, sums: v128, slots: usize): v128 {
  const rest = i32x4.splat(load<i32>(probe, REACH) - ZERO_AT_FIRST_LOOK * load<i32>(probe, SUM));
  return toDistances(probe, i32x4.add(i32x4.shl(sums, HIGH), rest), slots);
}

/** The distances by both planes, given the sums of the upper one. */
// @ts-ignore: decorator
@inline
export function addLows(probe: usize, highs: v128, slots: usize): v128 {
  const lows = dotLows(probe, slots);
  const zero = i32x4.splat(ZERO * load<i32>(probe, SUM));
  return toDistances(probe, i32x4.sub(i32x4.add(i32x4.shl(highs, HIGH), i32x4.shl(lows, LOW)), zero), slots);
}

/** From the probe to four slots by both planes. */
export function measureFour(probe: usize, slots: usize): v128 {
  return addLows(probe, dotHighs(probe, slots), slots);
}

// @ts-ignore: decorator
@inline
function dotLows(probe: usize, slots: usize): v128 {
  return dotFour(
    probe + PROBE_CODES,
    nodeAt(load<u32>(slots)) + lowOffset,
    nodeAt(load<u32>(slots, 4)) + lowOffset,
    nodeAt(load<u32>(slots, 8)) + lowOffset,
    nodeAt(load<u32>(slots, 12)) + lowOffset,
  );
}

// @ts-ignore: decorator
@inline
function toDistances(probe: usize, dots: v128, slots: usize): v128 {
  const a = lookAt(load<u32>(slots));
  const b = lookAt(load<u32>(slots, 4));
  const c = lookAt(load<u32>(slots, 8));
  const d = lookAt(load<u32>(slots, 12));
  const scales = four(load<f32>(a, SCALE), load<f32>(b, SCALE), load<f32>(c, SCALE), load<f32>(d, SCALE));
  const products = f32x4.mul(f32x4.convert_i32x4_s(dots), f32x4.mul(scales, v128.load_splat<f32>(probe, FACTOR)));
  let bias = v128.load_splat<f32>(probe, BIAS);
  if (factBytes > 4) {
    bias = f32x4.add(bias, four(load<f32>(a, SQUARE), load<f32>(b, SQUARE), load<f32>(c, SQUARE), load<f32>(d, SQUARE)));
  }
  return f32x4.sub(bias, products);
}

/** From one slot to four probes by both planes. */
export function measureAcross(slot: u32, p: usize, q: usize, r: usize, s: usize): v128 {
  const facts = lookAt(slot);
  const high = facts + factBytes;
  const low = nodeAt(slot) + lowOffset;
  const highs = dotAcross(high, p + PROBE_CODES, q + PROBE_CODES, r + PROBE_CODES, s + PROBE_CODES);
  const lows = dotAcross(low, p + PROBE_CODES, q + PROBE_CODES, r + PROBE_CODES, s + PROBE_CODES);
  const sums = i32x4.replace_lane(
    i32x4.replace_lane(
      i32x4.replace_lane(i32x4.splat(load<i32>(p, SUM)), 1, load<i32>(q, SUM)), 2, load<i32>(r, SUM)), 3, load<i32>(s, SUM));
  const dots = i32x4.sub(i32x4.add(i32x4.shl(highs, HIGH), i32x4.shl(lows, LOW)), i32x4.shl(sums, 8));
  const factors = four(load<f32>(p, FACTOR), load<f32>(q, FACTOR), load<f32>(r, FACTOR), load<f32>(s, FACTOR));
  let bias = four(load<f32>(p, BIAS), load<f32>(q, BIAS), load<f32>(r, BIAS), load<f32>(s, BIAS));
  if (factBytes > 4) bias = f32x4.add(bias, v128.load_splat<f32>(facts, SQUARE));
  return f32x4.sub(bias, f32x4.mul(f32x4.convert_i32x4_s(dots), f32x4.mul(factors, v128.load_splat<f32>(facts, SCALE))));
}

// @ts-ignore: decorator
@inline
function four(a: f32, b: f32, c: f32, d: f32): v128 {
  return f32x4.replace_lane(f32x4.replace_lane(f32x4.replace_lane(f32x4.splat(a), 1, b), 2, c), 3, d);
}

/** From the padded vector to four slots' originals, which the index keeps; four at a time, as they come from far away. */
export function exactFour(slots: usize): v128 {
  const isSquared = read(METRIC) == SQUARED_L2;
  const fromA = exactAt(load<u32>(slots));
  const fromB = exactAt(load<u32>(slots, 4));
  const fromC = exactAt(load<u32>(slots, 8));
  const fromD = exactAt(load<u32>(slots, 12));
  const values = align(dimensions, 8);
  let sumA = f32x4.splat(0), sumB = sumA, sumC = sumA, sumD = sumA;
  for (let i: u32 = 0; i < values; i += 4) {
    const x = v128.load(padded + (i << 2));
    sumA = addTerm(sumA, x, original(fromA, i), isSquared);
    sumB = addTerm(sumB, x, original(fromB, i), isSquared);
    sumC = addTerm(sumC, x, original(fromC, i), isSquared);
    sumD = addTerm(sumD, x, original(fromD, i), isSquared);
  }
  const totals = four(addLanes(sumA), addLanes(sumB), addLanes(sumC), addLanes(sumD));
  return isSquared ? totals : f32x4.sub(f32x4.splat(1), totals);
}

// @ts-ignore: decorator
@inline
function addTerm(sum: v128, x: v128, y: v128, isSquared: bool): v128 {
  if (!isSquared) return f32x4.add(sum, f32x4.mul(x, y));
  const gap = f32x4.sub(x, y);
  return f32x4.add(sum, f32x4.mul(gap, gap));
}

// @ts-ignore: decorator
@inline
function original(vector: usize, index: u32): v128 {
  return exactValueBytes == 2 ? decodeHalves(vector + (index << 1)) : v128.load(vector + (index << 2));
}
