/**
 * One search: a walk, then exact distances of the nearest.
 */
import { COUNT, DEAD, EXACT, FULL, NOTHING, isByOriginals, read } from "./layout";
import { allocate, spanOf } from "../shared/memory";
import { rowAt } from "./arena";
import { pad, padded, probeBytes, probeVector } from "./codes";
import { exactFour, measureFour, reachAt } from "./distance";
import { isFiltered, isHit } from "./filter";
import { boundOf, clear, distanceOf, isFull, keyAt, keyOf, makePool, offer, poolBytes, sizeOf } from "../shared/pool";
import { breakTiesBySlot, slotOf } from "./ties";
import { beSureOf, beam, descendTo, reserveBeam, walk } from "./walk";

// More rows than `k` are measured exactly, since errors of codes change the order: a few always, others as long as an error of
// the size seen so far could make them hits.
const SPARE: u32 = 8;
const DEVIATIONS: f32 = 3;
// A code is rounded to a sixteenth of the lower plane's range, and a reach is half the standard deviation of the lower plane.
const ROUNDING: f32 = 1 / 8;
// A beam of so many times `hitLimit`, or more, is wide.
const NARROW: u32 = 4;

export let probe: usize = 0;
/** Four slots, and behind them their distances by codes. */
let group: usize = 0;
const BY_CODES: usize = 16;
/** Sums of the errors of codes in this search, and of their squares. */
let wrongs: f32 = 0;
let squares: f32 = 0;
let measured: u32 = 0;
/** The standard deviation of codes by rounding alone. The rows that are measured first are those whose codes err little. */
let leastError: f32 = 0;
/** Whether the errors of codes are so large that rows beyond the beam may be hits. */
export let isUnsure: bool = false;
export let hits: usize = 0;
let capacity: u32 = 0;
/** The most hits of the query: `k`, or all rows. */
export let hitLimit: u32 = 0;
let grouped: u32 = 0;
export let hitRows: usize = 0;
export let hitDistances: usize = 0;

export function makeQueryRoom(): bool {
  probe = allocate(probeBytes());
  group = allocate(32);
  return probe != 0 && group != 0;
}

/** Makes the vector the query of what follows, with at most `k` hits. False when memory cannot grow. */
export function beginQuery(vector: usize, k: u32): bool {
  hitLimit = min(k, read(COUNT));
  if (!reserveHits(hitLimit)) return false;
  pad(vector);
  breakTiesBySlot();
  probeVector(probe);
  return true;
}

/**
 * How many hits lie at hitRows and hitDistances after a walk with a beam of `ef`, or FULL. Under a filter these are the
 * allowed ones of the `ef` nearest rows; the beam is twice as wide then, because the nearest as far as that are known
 * well in its nearer half only.
 */
export function findByWalk(ef: u32): u32 {
  if (hitLimit == 0) return 0;
  const within = beamWidth(hitLimit, ef);
  const width = isFiltered ? within << 1 : within;
  if (!reserveBeam(width)) return FULL;
  descendTo(probe, 0, width);
  beSureOf(sureOf(within));
  walk(probe, 0);
  beSureOf(0);
  const size = sizeOf(beam);
  return rankBeam(size < width ? size : within);
}

/** How many of the nearest rows first estimates may not pass over. A narrow beam misses more rows than they do, and is chosen for speed. */
function sureOf(within: u32): u32 {
  if (isFiltered) return within;
  return within < NARROW * hitLimit ? 0 : hitLimit;
}

/** Measures exactly the nearest hits among the first `size` of the beam, as many as may be among the nearest `hitLimit`. */
function rankBeam(size: u32): u32 {
  clear(hits, hitLimit);
  grouped = 0;
  wrongs = squares = 0;
  measured = 0;
  leastError = isByOriginals || size == 0 ? 0 : ROUNDING * reachAt(probe, slotOf(keyAt(beam, 0)));
  isUnsure = false;
  // A multiple of four, since groups of four are measured.
  const few = (hitLimit + SPARE) & ~3;
  let ranked: u32 = 0;
  for (let i: u32 = 0; i < size; i++) {
    const key = keyAt(beam, i);
    if (!isHit(slotOf(key))) continue;
    if (ranked >= few && grouped == 0 && !mayBeHit(key)) return writeHits();
    rank(key);
    ranked++;
  }
  if (grouped > 0) rankGroup();
  isUnsure = measured > 0 && isFull(beam) && mayBeHit(keyAt(beam, size - 1));
  return writeHits();
}

/**
 * Whether a row at that distance by its code may be a hit: if its code errs by two deviations and the mean error. A negative mean error
 * does not count, because rows are measured in the order of their codes, which favours codes that are too near.
 */
function mayBeHit(key: u64): bool {
  if (measured == 0) return distanceOf(key) <= boundOf(hits);
  const deviation = max<f32>(leastError, sqrt<f32>(squares / <f32>measured));
  const offset = max<f32>(0, wrongs / <f32>measured) + DEVIATIONS * deviation;
  return distanceOf(key) - offset <= boundOf(hits);
}

function rank(key: u64): void {
  if (isByOriginals || read(EXACT) == NOTHING) {
    offer(hits, keyOf(distanceOf(key), load<u32>(rowAt(slotOf(key)))));
    return;
  }
  store<u32>(group + (grouped << 2), slotOf(key));
  store<f32>(group + (grouped++ << 2), distanceOf(key), BY_CODES);
  if (grouped == 4) rankGroup();
}

function rankGroup(): void {
  for (let i = grouped; i < 4; i++) store<u32>(group + (i << 2), load<u32>(group));
  const distances = exactFour(padded, group);
  offerHit(0, f32x4.extract_lane(distances, 0));
  if (grouped > 1) offerHit(1, f32x4.extract_lane(distances, 1));
  if (grouped > 2) offerHit(2, f32x4.extract_lane(distances, 2));
  if (grouped > 3) offerHit(3, f32x4.extract_lane(distances, 3));
  grouped = 0;
}

function offerHit(lane: u32, distance: f32): void {
  const at = group + (lane << 2);
  const wrong = load<f32>(at, BY_CODES) - distance;
  wrongs += wrong;
  squares += wrong * wrong;
  measured++;
  offer(hits, keyOf(distance, load<u32>(rowAt(load<u32>(at)))));
}

/** From the query to the slot by codes, however many originals are kept. */
export function codeDistance(slot: u32): f32 {
  v128.store(group, i32x4.splat(slot));
  return f32x4.extract_lane(measureFour(probe, group), 0);
}

/** Writes the hits to hitRows and hitDistances; answers how many. */
export function writeHits(): u32 {
  const size = sizeOf(hits);
  for (let i: u32 = 0; i < size; i++) {
    const key = keyAt(hits, i);
    store<u32>(hitRows + (i << 2), <u32>key);
    store<f32>(hitDistances + (i << 2), distanceOf(key));
  }
  return size;
}

/**
 * How wide the beam of a walk for so many hits is, where every row is allowed. Removed nodes are in it until the next sweep,
 * so it is widened by twice their share.
 */
export function beamWidth(hits: u32, ef: u32): u32 {
  const width = max(hits, ef);
  return width + <u32>((<u64>width * 2 * read(DEAD)) / (read(COUNT) + read(DEAD)));
}

export function hitBytes(count: u32): u64 {
  return spanOf(poolBytes(count)) + 2 * spanOf(<u64>count << 2);
}

/** Room for so many hits. False when memory cannot grow. Doubles, since the former is not given back. */
export function reserveHits(count: u32): bool {
  if (count <= capacity) return true;
  const doubled = max(count, capacity << 1);
  const list = makePool(doubled);
  const rows = allocate(<u64>doubled << 2);
  const distances = allocate(<u64>doubled << 2);
  if (!list || !rows || !distances) return false;
  hits = list;
  hitRows = rows;
  hitDistances = distances;
  capacity = doubled;
  return true;
}
