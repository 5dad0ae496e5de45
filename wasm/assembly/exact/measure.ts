/** Measures rows into a heap of the nearest: a stretch of slots, or candidates that codes chose. */
import {
  BIT, BLOCK, INT8, NO_CODES, NO_ORIGINALS, codeKind, count, originalKind,
} from "./layout";
import { rowAt } from "./arena";
import { blockDistances, measureBlock, probeBits } from "./bits";
import { boundKey, keyAt, offer } from "./nearest";
import { measureOriginals, probeOriginals } from "./originals";
import { measureProducts, probeProduct } from "./product";
import { measureScalars, probeScalar } from "./scalar";
import { pad } from "./vector";
import { allocate } from "../shared/memory";
import { distanceOf, keyOf } from "../shared/pool";

/** The task that chooses candidates by codes; the heap keeps slots. */
export const CHOOSE: u32 = 0;
/** The task that measures candidates by originals. */
export const DECIDE: u32 = 1;
/** The task that measures every row by originals, or by codes if there are no originals. */
export const MEASURE: u32 = 2;

/** The distance that is measured, as a number, because hot loops have no function pointers. */
const BY_ORIGINALS: u32 = 0;

/** A number of filter words that means that there is no filter. */
const NO_FILTER: u32 = 0xffffffff;

let filter: usize = 0;
let filterWords: u32 = 0;
let keepsSlots: bool = false;
let measure: u32 = BY_ORIGINALS;
/** The four slots that are being measured. */
let ready: usize = 0;
let told: usize = 0;

export function makeMeasureRoom(): bool {
  ready = allocate(16);
  return ready != 0;
}

/** Called before the tasks of a search, with the query and the bitmap of allowed rows. */
export function ask(query: usize, bitmap: usize, words: u32): void {
  filter = bitmap;
  filterWords = words;
  pad(query);
}

/** Called before chunks of a task are measured. */
export function prepare(task: u32): void {
  keepsSlots = task == CHOOSE;
  measure = measuresCodes(task) ? codeKind : BY_ORIGINALS;
  if (measure == BY_ORIGINALS) probeOriginals();
  else if (measure == BIT) probeBits();
  else if (measure == INT8) probeScalar();
  else probeProduct();
}

/** Whether a task reads codes. */
export function measuresCodes(task: u32): bool {
  return task == CHOOSE || (task == MEASURE && originalKind == NO_ORIGINALS);
}

/** Slots from `from`, a multiple of 16, to before `to`. */
export function measureSlots(heap: usize, from: u32, to: u32): void {
  if (measure == BIT) scanBlocks(heap, from, to);
  else scanSlots(heap, from, to);
}

/** Sets the address of the candidates' distances, in the order of the candidates; three more may be written. */
export function tellDistances(address: usize): void {
  told = address;
}

/** Candidates from index `from` to before `to`. */
export function measureCandidates(heap: usize, candidates: usize, from: u32, to: u32): void {
  for (let at = from; at < to; at += 4) {
    const some = min<u32>(4, to - at);
    for (let i: u32 = 0; i < some; i++) store<u32>(ready + (i << 2), <u32>keyAt(candidates, at + i));
    v128.store(told + (at << 2), offerReady(heap, some));
  }
}

@inline
function isAllowed(slot: u32): bool {
  const row = load<u32>(rowAt(slot));
  const word = row >> 5;
  return word < filterWords && ((load<u32>(filter + (<usize>word << 2)) >> (row & 31)) & 1) != 0;
}

/** Four allowed slots at a time. */
function scanSlots(heap: usize, from: u32, to: u32): void {
  let slot = from;
  if (filterWords == NO_FILTER) {
    for (; slot + 4 <= to; slot += 4) {
      offerFour(heap, measureFour(slot, slot + 1, slot + 2, slot + 3), slot, slot + 1, slot + 2, slot + 3);
    }
  }
  let some: u32 = 0;
  for (; slot < to; slot++) {
    if (filterWords != NO_FILTER && !isAllowed(slot)) continue;
    store<u32>(ready + (some << 2), slot);
    if (++some < 4) continue;
    offerReady(heap, 4);
    some = 0;
  }
  if (some > 0) offerReady(heap, some);
}

function offerReady(heap: usize, some: u32): v128 {
  const a = load<u32>(ready), b = load<u32>(ready, 4), c = load<u32>(ready, 8), d = load<u32>(ready, 12);
  const last = some - 1;
  const distances = measureFour(a, last < 1 ? a : b, last < 2 ? a : c, last < 3 ? a : d);
  if (last == 3) {
    offerFour(heap, distances, a, b, c, d);
    return distances;
  }
  offerOne(heap, f32x4.extract_lane(distances, 0), a);
  if (last >= 1) offerOne(heap, f32x4.extract_lane(distances, 1), b);
  if (last >= 2) offerOne(heap, f32x4.extract_lane(distances, 2), c);
  return distances;
}

function measureFour(a: u32, b: u32, c: u32, d: u32): v128 {
  if (measure == BY_ORIGINALS) return measureOriginals(a, b, c, d);
  return measure == INT8 ? measureScalars(a, b, c, d) : measureProducts(a, b, c, d);
}

@inline
function offerFour(heap: usize, distances: v128, a: u32, b: u32, c: u32, d: u32): void {
  if (!v128.any_true(f32x4.le(distances, f32x4.splat(boundOf(heap))))) return;
  offerOne(heap, f32x4.extract_lane(distances, 0), a);
  offerOne(heap, f32x4.extract_lane(distances, 1), b);
  offerOne(heap, f32x4.extract_lane(distances, 2), c);
  offerOne(heap, f32x4.extract_lane(distances, 3), d);
}

@inline
function boundOf(heap: usize): f32 {
  const key = boundKey(heap);
  return key == 0xffffffffffffffff ? Infinity : distanceOf(key);
}

function offerOne(heap: usize, distance: f32, slot: u32): void {
  offer(heap, keyOf(distance, keepsSlots ? slot : load<u32>(rowAt(slot))));
}

function scanBlocks(heap: usize, from: u32, to: u32): void {
  for (let slot = from; slot < to; slot += BLOCK) {
    measureBlock(slot);
    for (let lane: u32 = 0; lane < BLOCK; lane += 4) {
      const near = f32x4.le(v128.load(blockDistances + (lane << 2)), f32x4.splat(boundOf(heap)));
      let open = i32x4.bitmask(near);
      for (; open != 0; open &= open - 1) offerLane(heap, slot, lane + ctz(open), to);
    }
  }
}

function offerLane(heap: usize, block: u32, lane: u32, to: u32): void {
  const slot = block + lane;
  if (slot >= to || (filterWords != NO_FILTER && !isAllowed(slot))) return;
  offerOne(heap, load<f32>(blockDistances + (lane << 2)), slot);
}
