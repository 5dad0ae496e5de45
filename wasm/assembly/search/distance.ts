/**
 * Distances, smaller is nearer: 1 - inner product, or the squared Euclidean one.
 *
 * The paper measures originals everywhere. Here there are three looks. The first is at the upper plane of codes alone,
 * the missing four bits taken for their middle; the second at both planes; the last at originals. Integers are exact,
 * floats are combined in one fixed order without fused multiply-add: the same bits on every machine.
 */
import { MAX_PLACES, METRIC, SQUARED_L2, align, dimensions, exactValueBytes, factBytes, isByOriginals, lookBytes, lowOffset, read } from "./layout";
import { allocate } from "../shared/memory";
import { exactAt, lookAt, nodeAt } from "./arena";
import { BIAS, FACTOR, PROBE_CODES, REACH, SCALE, SQUARE, SUM, VECTOR } from "./codes";
import { decodeHalves } from "../shared/half";
import { addLanes, four } from "../shared/lanes";
import { dotAcross, dotFour } from "./dot";

// The code is 16 * high + low - 128; doubled, and with 7.5 for a low that was not looked at.
const HIGH: i32 = 5;
const LOW: i32 = 1;
const ZERO_AT_FIRST_LOOK: i32 = 241;
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
 * Notes at `looks` where the looks of so many slots lie, room for three more behind them, which the last one takes. Loads from
 * all their lines what nobody waits for: so they are asked for at once, where the sums alone would ask for a few at a time.
 * Without a prefetch instruction this is what hides the way to memory. May read past the last; memory goes on there.
 */
export function touchLooks(slots: usize, looks: usize, count: u32): void {
  let values: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const look = lookAt(load<u32>(slots + (i << 2)));
    v128.store(looks + (i << 2), i32x4.splat(<u32>look));
    for (let at: u32 = 0; at < lookBytes; at += 256) {
      const lines = look + at;
      values += load<u8>(lines) + load<u8>(lines, 64) + load<u8>(lines, 128) + load<u8>(lines, 192);
    }
  }
  touched = values;
}

/** The sums of products between the probe and the upper planes of four slots, the addresses of whose looks lie at `looks`. */
@inline
export function dotHighs(probe: usize, looks: usize): v128 {
  return dotFour(
    probe + PROBE_CODES,
    load<u32>(looks) + factBytes,
    load<u32>(looks, 4) + factBytes,
    load<u32>(looks, 8) + factBytes,
    load<u32>(looks, 12) + factBytes,
  );
}

/** The least that the distances can be, by those sums, but for the margin's doubt. */
@inline
export function leastDistances(probe: usize, sums: v128, looks: usize): v128 {
  const rest = i32x4.splat(load<i32>(probe, REACH) - ZERO_AT_FIRST_LOOK * load<i32>(probe, SUM));
  return toDistances(probe, i32x4.add(i32x4.shl(sums, HIGH), rest), looks);
}

/** The probe's reach in distances to vectors of that slot's scale. */
export function reachAt(probe: usize, slot: u32): f32 {
  return <f32>load<i32>(probe, REACH) * load<f32>(probe, FACTOR) * load<f32>(lookAt(slot), SCALE);
}

/** The distances by those sums, the lower plane taken for its middle. */
@inline
export function middleDistances(probe: usize, sums: v128, looks: usize): v128 {
  const rest = i32x4.splat(ZERO_AT_FIRST_LOOK * load<i32>(probe, SUM));
  return toDistances(probe, i32x4.sub(i32x4.shl(sums, HIGH), rest), looks);
}

/** The distances by both planes, given the sums of the upper one and where the looks lie. */
@inline
export function addLows(probe: usize, highs: v128, slots: usize, looks: usize): v128 {
  const lows = dotLows(probe, slots);
  const zero = i32x4.splat(ZERO * load<i32>(probe, SUM));
  return toDistances(probe, i32x4.sub(i32x4.add(i32x4.shl(highs, HIGH), i32x4.shl(lows, LOW)), zero), looks);
}

/** From the probe to four slots by both planes, or by originals. */
export function measureFour(probe: usize, slots: usize): v128 {
  if (isByOriginals) return exactFour(load<u32>(probe, VECTOR), slots);
  for (let i: u32 = 0; i < 16; i += 4) store<u32>(located + i, lookAt(load<u32>(slots + i)));
  return addLows(probe, dotHighs(probe, located), slots, located);
}

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

@inline
function toDistances(probe: usize, dots: v128, looks: usize): v128 {
  const a = load<u32>(looks);
  const b = load<u32>(looks, 4);
  const c = load<u32>(looks, 8);
  const d = load<u32>(looks, 12);
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

/** Puts the probe at the index, and behind it, so that the last one stands for those that make up four. */
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
export function acrossHighs(slot: u32, probes: usize): v128 {
  return across(lookAt(slot) + factBytes, probes);
}

/** From one slot to four probes by the upper plane, the lower one taken for its middle. */
@inline
export function middleAcross(slot: u32, probes: usize, highs: v128): v128 {
  const sums = i32x4.mul(v128.load(probes, SUMS), i32x4.splat(ZERO_AT_FIRST_LOOK));
  return toDistancesAcross(slot, probes, i32x4.sub(i32x4.shl(highs, HIGH), sums));
}

/** By how much those distances may be off: three standard deviations. */
@inline
export function doubtAcross(slot: u32, probes: usize): v128 {
  const reaches = i32x4.mul(v128.load(probes, REACHES), i32x4.splat(DOUBT));
  const scales = f32x4.mul(v128.load(probes, FACTORS), v128.load_splat<f32>(lookAt(slot), SCALE));
  return f32x4.mul(f32x4.convert_i32x4_s(reaches), scales);
}

/** From one slot to four probes by both planes, given the sums of the upper one. */
@inline
export function addLowsAcross(slot: u32, probes: usize, highs: v128): v128 {
  const lows = across(nodeAt(slot) + lowOffset, probes);
  const sums = i32x4.shl(v128.load(probes, SUMS), 8);
  return toDistancesAcross(slot, probes, i32x4.sub(i32x4.add(i32x4.shl(highs, HIGH), i32x4.shl(lows, LOW)), sums));
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
  const facts = lookAt(slot);
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
