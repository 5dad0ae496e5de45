/**
 * The greedy walk towards a probe on one level, and the descent through the levels.
 *
 * The paper descends with a single best node; two are kept here, because in data that falls into tight clusters the
 * single best node of a thin upper level is often in the wrong one. It measures each neighbour in full; here the first
 * estimate of a neighbour is by its upper plane, and only those that could enter the beam by that are measured by both; the
 * descent goes by the first estimate alone.
 */
import { ENTRY, MAX_PLACES, TOP, isByOriginals, read } from "./layout";
import { allocate } from "../shared/memory";
import { addLower, dotUpper, leastDistances, measureFour, middleDistances, reachAt, touchCoarse } from "./distance";
import { degreeOf, linkAt, linksOf } from "./nodes";
import { boundOf, clear, distanceOf, insert, keyAt, keyOf, lastKeyOf, makePool, setKey, sizeOf, widthOf } from "../shared/pool";
import { numberOf, slotOf } from "./ties";
import { isFirstVisit, forgetVisits } from "./visits";

@external("env", "now")
declare function now(): f64;

/** How many nodes the descent passes on to a walk. */
const DESCENT_WIDTH: u32 = 2;
const WALKED: u64 = 1;
// Reading the clock costs more than a step.
const STEPS_A_TIME_CHECK: u32 = 16;

/** The nearest slots found, as keys of number * 2 + mark (ties.ts). */
export let beam: usize = 0;
export let capacity: u32 = 0;
/** Whether the last walk ended by its deadline. */
export let wasCut: bool = false;

let fresh: usize = 0;
// The addresses of the coarse records of the fresh slots.
let coarse: usize = 0;
let dots: usize = 0;
let lanes: usize = 0;
let deadline: f64 = Infinity;
// In the descent, the first estimate is enough.
let isRough: bool = false;
// Added to the first estimate, beyond the reach that it includes anyway: three standard deviations.
const REACHES: f32 = 6;
// How many of the nearest rows the first estimate may not pass over.
let sure: u32 = 0;
/**
 * Of the last walk, how many rows entered the beam in its last quarter, as a share of its width. There are few after a walk that has come
 * to nearly all rows near the probe.
 */
export let late: f32 = 0;
let latecomers: u32 = 0;
let isEnding: bool = false;

export function makeWalkRoom(): bool {
  fresh = allocate((MAX_PLACES + 4) << 2);
  coarse = allocate((MAX_PLACES + 4) << 2);
  dots = allocate((MAX_PLACES + 4) << 2);
  lanes = allocate(16);
  return fresh != 0 && coarse != 0 && dots != 0 && lanes != 0;
}

/** False when memory cannot grow. Doubles, since the former one is not given back. */
export function reserveBeam(width: u32): bool {
  if (width <= capacity) return true;
  const doubled = max(width, capacity << 1);
  const made = makePool(doubled);
  if (!made) return false;
  beam = made;
  capacity = doubled;
  return true;
}

/** Walks end as they are when so many milliseconds have passed; Infinity for never. Each thread goes by its own clock. */
export function setDeadline(time: f64): void {
  deadline = time == Infinity ? Infinity : now() + time;
  wasCut = false;
}

/** In the walks from now on, first estimates that err by at most three deviations pass over none of the nearest `count`. */
export function beSureOf(count: u32): void {
  sure = count;
}

/** Walks from now on take the time they need. */
export function liftDeadline(): void {
  deadline = Infinity;
}

/** Fills the beam with the nodes that the levels above `level` lead to, then sets its `width`. The graph is not empty. */
export function descendTo(probe: usize, level: u32, width: u32): void {
  clear(beam, DESCENT_WIDTH);
  enterBeam(probe, read(ENTRY));
  isRough = true;
  for (let at = read(TOP); at > level; at--) walk(probe, at);
  isRough = false;
  measureAgain(probe, width);
}

/** Measures the nodes by both planes that the descent found by the upper one. */
function measureAgain(probe: usize, width: u32): void {
  const size = sizeOf(beam);
  for (let i: u32 = 0; i < size; i++) store<u32>(fresh + (i << 2), slotOf(keyAt(beam, i)));
  clear(beam, width);
  for (let i: u32 = 0; i < size; i++) enterBeam(probe, load<u32>(fresh + (i << 2)));
}

/** Offers one slot to the beam. */
export function enterBeam(probe: usize, slot: u32): void {
  v128.store(lanes, i32x4.splat(slot));
  enter(f32x4.extract_lane(measureFour(probe, lanes), 0), slot);
}

/** Walks from every slot in the beam until each of them has been walked from. */
export function walk(probe: usize, level: u32): void {
  beginWalk();
  let cursor: u32 = 0;
  let steps: u32 = 0;
  const ending = widthOf(beam) - (widthOf(beam) >> 2);
  latecomers = 0;
  while (cursor < sizeOf(beam)) {
    const key = keyAt(beam, cursor);
    if (key & WALKED) {
      cursor++;
      continue;
    }
    setKey(beam, cursor, key | WALKED);
    isEnding = ++steps > ending;
    cursor = min(cursor + 1, visitNeighbors(probe, linksOf(slotOf(key), level)));
    if (deadline != Infinity && steps % STEPS_A_TIME_CHECK == 0 && isLate()) break;
  }
  late = <f32>latecomers / <f32>widthOf(beam);
}

function isLate(): bool {
  wasCut = now() > deadline;
  return wasCut;
}

/** The foremost place at which a neighbour entered the beam. */
function visitNeighbors(probe: usize, links: usize): u32 {
  const count = gather(links);
  if (isByOriginals) return enterByOriginals(probe, count);
  touchCoarse(fresh, coarse, count);
  repeatLast(count);
  if (isRough) return enterRoughly(probe, count);
  const near = keepNear(probe, count);
  if (near == 0) return capacity;
  repeatLast(near);
  return enterNear(probe, near);
}

/** Collects the slots of the list that this walk has not seen. */
function gather(links: usize): u32 {
  const degree = degreeOf(links);
  let count: u32 = 0;
  for (let i: u32 = 0; i < degree; i++) {
    const slot = linkAt(links, i);
    store<u32>(fresh + (count << 2), slot);
    count += u32(isFirstVisit(slot));
  }
  return count;
}

// The last group of four is filled up with one that is measured anyway.
function repeatLast(count: u32): void {
  if (count == 0) return;
  const end = count << 2;
  v128.store(fresh + end, v128.load_splat<u32>(fresh + end - 4));
  v128.store(coarse + end, v128.load_splat<u32>(coarse + end - 4));
}

/** Moves the slots that could enter the beam to the front of `fresh`, and their sums to that of `dots`; answers how many. */
function keepNear(probe: usize, count: u32): u32 {
  const bound = f32x4.splat(firstBound(probe));
  let near: u32 = 0;
  for (let i: u32 = 0; i < count; i += 4) {
    const at = i << 2;
    const sums = dotUpper(probe, coarse + at);
    let mask = i32x4.bitmask(f32x4.le(leastDistances(probe, sums, coarse + at), bound)) & lanesFor(count - i);
    v128.store(lanes, sums);
    while (mask) {
      const lane = ctz(mask) << 2;
      store<u32>(dots + (near << 2), load<u32>(lanes + lane));
      store<u32>(coarse + (near << 2), load<u32>(coarse + at + lane));
      store<u32>(fresh + (near++ << 2), load<u32>(fresh + at + lane));
      mask &= mask - 1;
    }
  }
  return near;
}

/**
 * A row whose first estimate is farther is passed over for the rest of the walk. That must not happen to one of the nearest `sure`. Where
 * the beam ends close behind these, an estimate errs by more than that gap, and the bound of the beam alone would pass over many of them.
 */
function firstBound(probe: usize): f32 {
  const bound = boundOf(beam);
  if (sure == 0 || bound == Infinity) return bound;
  const nearest = keyAt(beam, 0);
  return max(bound, distanceOf(keyAt(beam, sure - 1)) + REACHES * reachAt(probe, slotOf(nearest)));
}

// A mask without the slots that only fill up the last group.
@inline
function lanesFor(count: u32): i32 {
  return count < 4 ? (1 << count) - 1 : 15;
}

/** Enters by exact distances, where codes cannot tell rows apart. */
function enterByOriginals(probe: usize, count: u32): u32 {
  let foremost: u32 = capacity;
  if (count == 0) return foremost;
  v128.store(fresh + (count << 2), v128.load_splat<u32>(fresh + (count << 2) - 4));
  for (let i: u32 = 0; i < count; i += 4) foremost = min(foremost, enterFour(measureFour(probe, fresh + (i << 2)), i, count));
  return foremost;
}

/** Enters by the upper plane alone, which is enough for the descent. */
function enterRoughly(probe: usize, count: u32): u32 {
  let foremost: u32 = capacity;
  for (let i: u32 = 0; i < count; i += 4) {
    const at = coarse + (i << 2);
    foremost = min(foremost, enterFour(middleDistances(probe, dotUpper(probe, at), at), i, count));
  }
  return foremost;
}

function enterNear(probe: usize, count: u32): u32 {
  let foremost: u32 = capacity;
  for (let i: u32 = 0; i < count; i += 4) {
    const at = i << 2;
    foremost = min(foremost, enterFour(addLower(probe, v128.load(dots + at), fresh + at, coarse + at), i, count));
  }
  return foremost;
}

/** Offers the four fresh ones from `i` on, as far as there are so many. */
@inline
function enterFour(distances: v128, i: u32, count: u32): u32 {
  const four = fresh + (i << 2);
  let foremost = enter(f32x4.extract_lane(distances, 0), load<u32>(four));
  if (i + 1 < count) foremost = min(foremost, enter(f32x4.extract_lane(distances, 1), load<u32>(four, 4)));
  if (i + 2 < count) foremost = min(foremost, enter(f32x4.extract_lane(distances, 2), load<u32>(four, 8)));
  if (i + 3 < count) foremost = min(foremost, enter(f32x4.extract_lane(distances, 3), load<u32>(four, 12)));
  return foremost;
}

@inline
function enter(distance: f32, slot: u32): u32 {
  const key = keyOf(distance, numberOf(slot));
  if (key >= lastKeyOf(beam)) return capacity;
  latecomers += u32(isEnding);
  return insert(beam, key);
}

/** The slots that the descent found are walked from again on this level. */
function beginWalk(): void {
  forgetVisits();
  const size = sizeOf(beam);
  for (let i: u32 = 0; i < size; i++) {
    const key = keyAt(beam, i) & ~WALKED;
    isFirstVisit(slotOf(key));
    setKey(beam, i, key);
  }
}
