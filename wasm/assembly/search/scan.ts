/**
 * The exact nearest of the slots that a caller names, for where a walk would not pay: few allowed rows, or a walk that found
 * too few. There are three distances, as in a walk, but each rules out only rows that cannot be among the nearest: by the upper
 * plane of codes, by both, then by the original. Where codes tell the rows apart, a few dozen originals are read; where they
 * do not, as many as are needed.
 *
 * How far codes may err: with x = s c + e and q = t p + f, the product of codes s t c p falls short of x q by t p e + x f.
 * Values are rounded to the nearest code, so each part of e lies within s / 2, nearly uniformly distributed: the first
 * term has the deviation s |q| / sqrt(12), and DEVIATIONS of it are allowed for every slot: one in three million errs by
 * more. The second has t |x| / sqrt(12) for the same reason, but |x| is known of unit vectors only, and halves and long
 * sums add errors of their own. So errors are measured: of each slot whose original was read, the error of its codes
 * over s. Twice the largest is allowed for every slot when it is more; of 64 errors the largest is about 2.4 deviations, of
 * 2,000 about 3.5. Squared L2 has the product twice, and errs by twice as much.
 *
 * How much the lower plane may add is bounded: by s * 7.5 * sum(t |p|), since a number of it is at most 7.5 off its mean.
 *
 * Without originals there is nothing better than the distances by codes, and the nearest by those are the answer.
 */
import { EXACT, METRIC, NOTHING, SQUARED_L2, dimensions, isByOriginals, read } from "./layout";
import { allocate } from "../shared/memory";
import { coarseAt, rowAt } from "./arena";
import { FACTOR, REACH, SCALE, padded } from "./codes";
import { addLower, dotUpper, exactFour, leastDistances, touchCoarse } from "./distance";
import { addLanes, four } from "../shared/lanes";
import { boundOf, clear, keyOf, offer } from "../shared/pool";
import { hitLimit, hits, probe } from "./query";

const DEVIATIONS: f32 = 5;
// So many originals are read before the error of codes is known well enough to rule out rows.
const LEAST_WATCHED: u32 = 64;
// Slots whose upper planes are requested from memory at once.
const BLOCK: u32 = 64;
const FARTHEST_LOWER: f32 = 7.5;

let coarse: usize = 0;
let group: usize = 0;
let groupDistances: usize = 0;
let grouped: u32 = 0;
let hasOriginals: bool = false;
/** All by a slot's scale: how much the lower plane may add to the first estimate, and the error of codes, its least and its worst. */
let reach: f32 = 0;
let doubt: f32 = Infinity;
let leastDoubt: f32 = 0;
let worst: f32 = 0;
let watched: u32 = 0;

export function makeScanRoom(): bool {
  coarse = allocate((BLOCK + 4) << 2);
  group = allocate(32);
  groupDistances = group + 16;
  return coarse != 0 && group != 0;
}

/** The query has begun; from here on its hits are those of the scan. */
export function beginScan(): void {
  clear(hits, hitLimit);
  grouped = 0;
  worst = 0;
  watched = 0;
  hasOriginals = read(EXACT) != NOTHING;
  doubt = hasOriginals ? Infinity : 0;
  if (isByOriginals) return;
  let sums = f32x4.splat(0);
  let products = f32x4.splat(0);
  for (let at: u32 = 0; at < dimensions << 2; at += 16) {
    const x = v128.load(padded + at);
    sums = f32x4.add(sums, f32x4.abs(x));
    products = f32x4.add(products, f32x4.mul(x, x));
  }
  const weight: f32 = read(METRIC) == SQUARED_L2 ? 2 : 1;
  const factor = load<f32>(probe, FACTOR);
  // A probe's codes are as much as half a step longer than its values. The first estimate has allowed for a reach already.
  reach = FARTHEST_LOWER * (weight * addLanes(sums) + <f32>dimensions * factor) - factor * <f32>load<i32>(probe, REACH);
  leastDoubt = DEVIATIONS * weight * sqrt<f32>(addLanes(products) / 12);
}

/** Measures the live slots whose numbers lie at `slots`, room for three more behind them. */
export function scan(slots: usize, count: u32): void {
  if (count == 0) return;
  v128.store(slots + (count << 2), v128.load_splat<u32>(slots));
  if (isByOriginals) {
    for (let from: u32 = 0; from < count; from += 4) takeFour(slots + (from << 2), min(4, count - from));
    return;
  }
  for (let from: u32 = 0; from < count; from += BLOCK) scanBlock(slots + (from << 2), min(BLOCK, count - from));
}

export function endScan(): void {
  if (grouped > 0) measureGroup();
}

/** Measures by originals alone, where codes cannot tell rows apart. */
function takeFour(slots: usize, count: u32): void {
  const distances = exactFour(padded, slots);
  offerSlot(f32x4.extract_lane(distances, 0), load<u32>(slots));
  if (count > 1) offerSlot(f32x4.extract_lane(distances, 1), load<u32>(slots, 4));
  if (count > 2) offerSlot(f32x4.extract_lane(distances, 2), load<u32>(slots, 8));
  if (count > 3) offerSlot(f32x4.extract_lane(distances, 3), load<u32>(slots, 12));
}

@inline
function offerSlot(distance: f32, slot: u32): void {
  offer(hits, keyOf(distance, load<u32>(rowAt(slot))));
}

function scanBlock(slots: usize, count: u32): void {
  touchCoarse(slots, coarse, count);
  for (let i: u32 = 0; i < count; i += 4) {
    const four = slots + (i << 2);
    const at = coarse + (i << 2);
    const sums = dotUpper(probe, at);
    const scales = scalesOf(at);
    if (!v128.any_true(areNear(leastDistances(probe, sums, at), scales, reach))) continue;
    const distances = addLower(probe, sums, four, at);
    const near = i32x4.bitmask(areNear(distances, scales, 0)) & (count - i < 4 ? (1 << (count - i)) - 1 : 15);
    if (near & 1) take(f32x4.extract_lane(distances, 0), load<u32>(four));
    if (near & 2) take(f32x4.extract_lane(distances, 1), load<u32>(four, 4));
    if (near & 4) take(f32x4.extract_lane(distances, 2), load<u32>(four, 8));
    if (near & 8) take(f32x4.extract_lane(distances, 3), load<u32>(four, 12));
  }
}

/** Which of four can be as near as the farthest hit, when distances may be too long by `more` and the doubt. */
@inline
function areNear(distances: v128, scales: v128, more: f32): v128 {
  const least = f32x4.sub(distances, f32x4.mul(scales, f32x4.splat(more + doubt)));
  return f32x4.le(least, f32x4.splat(boundOf(hits)));
}

@inline
function scalesOf(at: usize): v128 {
  const a = load<f32>(load<u32>(at), SCALE);
  const b = load<f32>(load<u32>(at, 4), SCALE);
  const c = load<f32>(load<u32>(at, 8), SCALE);
  const d = load<f32>(load<u32>(at, 12), SCALE);
  return four(a, b, c, d);
}

function take(distance: f32, slot: u32): void {
  if (!hasOriginals) {
    offerSlot(distance, slot);
    return;
  }
  store<u32>(group + (grouped << 2), slot);
  store<f32>(groupDistances + (grouped << 2), distance);
  if (++grouped == 4) measureGroup();
}

function measureGroup(): void {
  for (let i = grouped; i < 4; i++) store<u32>(group + (i << 2), load<u32>(group));
  const distances = exactFour(padded, group);
  takeExact(0, f32x4.extract_lane(distances, 0));
  if (grouped > 1) takeExact(1, f32x4.extract_lane(distances, 1));
  if (grouped > 2) takeExact(2, f32x4.extract_lane(distances, 2));
  if (grouped > 3) takeExact(3, f32x4.extract_lane(distances, 3));
  grouped = 0;
  if (watched >= LEAST_WATCHED) doubt = max(leastDoubt, 2 * worst);
}

function takeExact(lane: u32, distance: f32): void {
  const slot = load<u32>(group + (lane << 2));
  const error = (load<f32>(groupDistances + (lane << 2)) - distance) / load<f32>(coarseAt(slot), SCALE);
  worst = max(worst, abs(error));
  watched++;
  offerSlot(distance, slot);
}
