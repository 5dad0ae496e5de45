/**
 * One search: every allowed slot is measured. Where codes and originals are both kept, codes choose candidates and
 * originals decide among them.
 */
import {
  BIT, BLOCK, FOUR, FULL, INT8, NO_CODES, NO_ORIGINALS, codeKind, count, originalKind,
} from "./layout";
import { rowAt } from "./arena";
import { blockDistances, measureBlock, probeBits } from "./bits";
import { boundKey, clearHeap, keyAt, makeHeap, offer, sizeOf, sortHeap } from "./nearest";
import { measureOriginals, probeOriginals } from "./originals";
import { measureProducts, probeProduct } from "./product";
import { measureScalars, probeScalar } from "./scalar";
import { pad } from "./vector";
import { allocate } from "../shared/memory";
import { distanceOf, keyOf } from "../shared/pool";

/** What measures, as a number because there are no function pointers in hot loops. */
const BY_ORIGINALS: u32 = 0;

// Choosing more than a quarter of the rows by codes costs more than reading all originals in order.
const SHARE_WORTH_CODES: u32 = 2;

/** The number of filter words that says that there is no filter. */
const NO_FILTER: u32 = 0xffffffff;

let hits: usize = 0;
let hitCapacity: u32 = 0;
let candidates: usize = 0;
let candidateCapacity: u32 = 0;
let filter: usize = 0;
let filterWords: u32 = 0;
let keepsSlots: bool = false;

export let hitRows: usize = 0;
export let hitDistances: usize = 0;

/** Answers the number of hits, at most `k`, or FULL. `breadth` is how many candidates codes choose for originals. */
export function find(query: usize, k: u32, breadth: u32, bitmap: usize, words: u32): u32 {
  const wanted = min(k, count());
  const chosen = min(max(breadth, wanted), count());
  const isTwofold = codeKind != NO_CODES && originalKind != NO_ORIGINALS && chosen < count() >> SHARE_WORTH_CODES;
  if (!reserveHits(wanted) || (isTwofold && !reserveCandidates(chosen))) return FULL;
  if (wanted == 0) return 0;
  filter = bitmap;
  filterWords = words;
  pad(query);
  probeOriginals();
  clearHeap(hits, wanted);
  if (isTwofold) {
    clearHeap(candidates, chosen);
    scanCodes(candidates, true);
    decide();
  } else if (originalKind == NO_ORIGINALS) {
    scanCodes(hits, false);
  } else {
    scanBy(BY_ORIGINALS, hits, false);
  }
  return unpack();
}

function reserveHits(wanted: u32): bool {
  if (wanted <= hitCapacity) return true;
  const doubled = max(wanted, hitCapacity << 1);
  const heap = makeHeap(doubled);
  const rows = allocate(<u64>doubled << 2);
  const distances = allocate(<u64>doubled << 2);
  if (!heap || !rows || !distances) return false;
  hits = heap;
  hitRows = rows;
  hitDistances = distances;
  hitCapacity = doubled;
  return true;
}

function reserveCandidates(chosen: u32): bool {
  if (chosen <= candidateCapacity) return true;
  const doubled = max(chosen, candidateCapacity << 1);
  const heap = makeHeap(doubled);
  if (!heap) return false;
  candidates = heap;
  candidateCapacity = doubled;
  return true;
}

function scanCodes(heap: usize, bySlot: bool): void {
  if (codeKind == BIT) {
    probeBits();
    scanBlocks(heap, bySlot);
    return;
  }
  if (codeKind == INT8) probeScalar();
  else probeProduct();
  scanBy(codeKind, heap, bySlot);
}

@inline
function isAllowed(slot: u32): bool {
  const row = load<u32>(rowAt(slot));
  const word = row >> 5;
  return word < filterWords && ((load<u32>(filter + (<usize>word << 2)) >> (row & 31)) & 1) != 0;
}

/** Four allowed slots at a time. */
function scanBy(measure: u32, heap: usize, bySlot: bool): void {
  keepsSlots = bySlot;
  const total = count();
  let slot: u32 = 0;
  if (filterWords == NO_FILTER) {
    for (; slot + 4 <= total; slot += 4) {
      offerFour(heap, measureFour(measure, slot, slot + 1, slot + 2, slot + 3), slot, slot + 1, slot + 2, slot + 3);
    }
  }
  let ready: u32 = 0;
  for (; slot < total; slot++) {
    if (filterWords != NO_FILTER && !isAllowed(slot)) continue;
    store<u32>(FOUR + (ready << 2), slot);
    if (++ready < 4) continue;
    offerGathered(measure, heap, 4);
    ready = 0;
  }
  if (ready > 0) offerGathered(measure, heap, ready);
}

function offerGathered(measure: u32, heap: usize, ready: u32): void {
  const a = load<u32>(FOUR), b = load<u32>(FOUR, 4), c = load<u32>(FOUR, 8), d = load<u32>(FOUR, 12);
  const last = ready - 1;
  const distances = measureFour(measure, a, last < 1 ? a : b, last < 2 ? a : c, last < 3 ? a : d);
  if (last == 3) {
    offerFour(heap, distances, a, b, c, d);
    return;
  }
  offerOne(heap, f32x4.extract_lane(distances, 0), a);
  if (last >= 1) offerOne(heap, f32x4.extract_lane(distances, 1), b);
  if (last >= 2) offerOne(heap, f32x4.extract_lane(distances, 2), c);
}

function measureFour(measure: u32, a: u32, b: u32, c: u32, d: u32): v128 {
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

function scanBlocks(heap: usize, bySlot: bool): void {
  keepsSlots = bySlot;
  const total = count();
  for (let slot: u32 = 0; slot < total; slot += BLOCK) {
    measureBlock(slot);
    for (let lane: u32 = 0; lane < BLOCK; lane += 4) {
      const near = f32x4.le(v128.load(blockDistances + (lane << 2)), f32x4.splat(boundOf(heap)));
      let open = i32x4.bitmask(near);
      for (; open != 0; open &= open - 1) offerLane(heap, slot, lane + ctz(open), total);
    }
  }
}

function offerLane(heap: usize, block: u32, lane: u32, total: u32): void {
  const slot = block + lane;
  if (slot >= total || (filterWords != NO_FILTER && !isAllowed(slot))) return;
  offerOne(heap, load<f32>(blockDistances + (lane << 2)), slot);
}

/** Measures the candidates by their originals. */
function decide(): void {
  keepsSlots = false;
  const chosen = sizeOf(candidates);
  let at: u32 = 0;
  while (at < chosen) {
    const ready = min<u32>(4, chosen - at);
    for (let i: u32 = 0; i < ready; i++) store<u32>(FOUR + (i << 2), <u32>keyAt(candidates, at + i));
    offerGathered(BY_ORIGINALS, hits, ready);
    at += ready;
  }
}

function unpack(): u32 {
  sortHeap(hits);
  const size = sizeOf(hits);
  for (let i: u32 = 0; i < size; i++) {
    const key = keyAt(hits, i);
    store<u32>(hitRows + (i << 2), <u32>key);
    store<f32>(hitDistances + (i << 2), distanceOf(key));
  }
  return size;
}
