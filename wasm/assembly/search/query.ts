/**
 * One search: a walk, then exact distances of the nearest. Or a scan of slots that the caller names, for where a walk
 * would not pay: few allowed rows, or a walk that came back with too few hits.
 */
import { COUNT, DEAD, EXACT, FULL, NOTHING, SLOTS, read } from "./layout";
import { allocate, spanOf } from "../shared/memory";
import { rowAt } from "./arena";
import { pad, probeBytes, probeVector } from "./codes";
import { exactFour, measureFour } from "./distance";
import { allowedFrom, isAllowed, isFiltered } from "./filter";
import { isLive } from "./nodes";
import { clear, distanceOf, keyAt, keyOf, makePool, offer, poolBytes, sizeOf } from "../shared/pool";
import { DESCENT_WIDTH, beam, descendTo, enterBeam, reserveBeam, slotOf, walk } from "./walk";

// More than asked for are measured exactly, since codes may have changed the order of the last.
const SPARE: u32 = 8;
const SCAN_SPARE: u32 = 256;
// Where the allowed lie, the query does not tell; some of them by lot give the walk a beginning.
const SEEDS: u32 = 8;
const SEED_STEP: u32 = 0x9e3779b9;
const SEED_SPAN: u32 = 256;

let probe: usize = 0;
let group: usize = 0;
let hits: usize = 0;
let capacity: u32 = 0;
let wanted: u32 = 0;
let grouped: u32 = 0;
export let hitRows: usize = 0;
export let hitDistances: usize = 0;

export function makeQueryRoom(): bool {
  probe = allocate(probeBytes());
  group = allocate(16);
  return probe != 0 && group != 0;
}

/** Takes the vector as the query for what follows, of which `k` hits are wanted. False when memory cannot grow. */
export function beginQuery(vector: usize, k: u32): bool {
  wanted = min(k, read(COUNT));
  if (!reserveHits(wanted)) return false;
  pad(vector);
  probeVector(probe);
  return true;
}

/** How many hits lie at hitRows and hitDistances after a walk with a beam of `ef`, or FULL. */
export function findByWalk(ef: u32): u32 {
  if (wanted == 0) return 0;
  const width = widen(max(wanted, ef)) + (isFiltered ? DESCENT_WIDTH : 0);
  if (!reserveBeam(width)) return FULL;
  descendTo(probe, 0, width);
  if (isFiltered) enterSeeds();
  walk(probe, 0);
  return rankBeam(wanted + SPARE);
}

// Removed nodes are in the beam until the next sweep; it is widened by twice their share.
function widen(width: u32): u32 {
  return width + <u32>((<u64>width * 2 * read(DEAD)) / (read(COUNT) + read(DEAD)));
}

function enterSeeds(): void {
  const slots = read(SLOTS);
  for (let i: u32 = 0; i < SEEDS; i++) {
    const slot = allowedFrom((i * SEED_STEP) % slots, SEED_SPAN);
    if (slot < slots) enterBeam(probe, slot);
  }
}

/** Measures the nearest `enough` of the beam that hold rows exactly. */
function rankBeam(enough: u32): u32 {
  clear(hits, wanted);
  grouped = 0;
  const size = sizeOf(beam);
  let ranked: u32 = 0;
  for (let i: u32 = 0; i < size && ranked < enough; i++) {
    const key = keyAt(beam, i);
    if (!isHit(slotOf(key))) continue;
    rank(key);
    ranked++;
  }
  return endRanking();
}

// Those that the descent came by may be in the beam without being allowed.
// @ts-ignore: decorator
@inline
function isHit(slot: u32): bool {
  return isFiltered ? isAllowed(slot) : isLive(slot);
}

/** A scan begins: all slots are measured by codes, and the best of them exactly. False when memory cannot grow. */
export function beginScan(): bool {
  const width = wanted + (wanted >> 1) + SCAN_SPARE;
  if (!reserveBeam(width)) return false;
  clear(beam, width);
  return true;
}

/** Measures the live slots whose numbers lie at `slots`, room for three more behind them. */
export function scan(slots: usize, count: u32): void {
  if (count == 0) return;
  v128.store(slots + (count << 2), v128.load_splat<u32>(slots));
  for (let i: u32 = 0; i < count; i += 4) {
    const distances = measureFour(probe, slots + (i << 2));
    offerSlot(f32x4.extract_lane(distances, 0), load<u32>(slots + (i << 2)));
    if (i + 1 < count) offerSlot(f32x4.extract_lane(distances, 1), load<u32>(slots + (i << 2), 4));
    if (i + 2 < count) offerSlot(f32x4.extract_lane(distances, 2), load<u32>(slots + (i << 2), 8));
    if (i + 3 < count) offerSlot(f32x4.extract_lane(distances, 3), load<u32>(slots + (i << 2), 12));
  }
}

/** How many hits lie at hitRows and hitDistances. */
export function endScan(): u32 {
  return rankBeam(sizeOf(beam));
}

// @ts-ignore: decorator
@inline
function offerSlot(distance: f32, slot: u32): void {
  offer(beam, keyOf(distance, slot << 1));
}

function rank(key: u64): void {
  if (read(EXACT) == NOTHING) {
    offer(hits, keyOf(distanceOf(key), load<u32>(rowAt(slotOf(key)))));
    return;
  }
  store<u32>(group + (grouped++ << 2), slotOf(key));
  if (grouped == 4) rankGroup();
}

function rankGroup(): void {
  for (let i = grouped; i < 4; i++) store<u32>(group + (i << 2), load<u32>(group));
  const distances = exactFour(group);
  offerHit(0, f32x4.extract_lane(distances, 0));
  if (grouped > 1) offerHit(1, f32x4.extract_lane(distances, 1));
  if (grouped > 2) offerHit(2, f32x4.extract_lane(distances, 2));
  if (grouped > 3) offerHit(3, f32x4.extract_lane(distances, 3));
  grouped = 0;
}

function offerHit(lane: u32, distance: f32): void {
  offer(hits, keyOf(distance, load<u32>(rowAt(load<u32>(group + (lane << 2))))));
}

function endRanking(): u32 {
  if (grouped > 0) rankGroup();
  const size = sizeOf(hits);
  for (let i: u32 = 0; i < size; i++) {
    const key = keyAt(hits, i);
    store<u32>(hitRows + (i << 2), <u32>key);
    store<f32>(hitDistances + (i << 2), distanceOf(key));
  }
  return size;
}

/** The beam of any walk for so many hits is no wider. */
export function widestBeam(hits: u32, ef: u32): u32 {
  return widen(max(hits, ef)) + DESCENT_WIDTH;
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
