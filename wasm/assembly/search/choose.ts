/**
 * Which of many candidates a node links to: the nearest of each direction. A candidate is covered when one already
 * chosen is nearer to it than the node is.
 *
 * The paper's rule alone leaves tight clusters with too few links within, and a laxer one (Vamana's alpha, here 1.2)
 * alone shuts them up in themselves. So half of the places are given by the lax rule and the rest by the strict one. A
 * candidate as near to a chosen one as to the node is covered too, or many equal vectors would link only to each other.
 * By codes a candidate is covered only beyond the doubt of both distances. Among rows that codes cannot tell apart, half of the
 * candidates would otherwise be covered by chance, and the few links that remain leave parts of them out of reach.
 */
import { MAX_PLACES, isByOriginals, placesAt } from "./layout";
import { allocate } from "../shared/memory";
import { probeBytes, probeSlot } from "./codes";
import { LINE_UP_BYTES, acrossUpper, addLowerAcross, doubtAcross, exactAcross, lineUp, measureFour, middleAcross } from "./distance";
import { clear, distanceOf, keyAt, keyOf, makePool, offer, setKey, setSize, sizeOf } from "../shared/pool";
import { numberOf, slotOf } from "./ties";

const LAX: f32 = 1.2;
const STRICT: f32 = 1;
// The part of the upper plane's doubt that is left with both planes: a sixteenth for each of two compared distances.
const CODE_DOUBT: f32 = 1 / 8;

/** The candidates, as keys of number * 2 (ties.ts). */
export let candidates: usize = 0;
export let chosenCount: u32 = 0;

let chosen: usize = 0;
let probes: usize = 0;
let covers: usize = 0;
let stride: u32 = 0;
let covering: u32 = 0;
let group: usize = 0;
let grouped: u32 = 0;

export function makeChoiceRoom(width: u32): bool {
  stride = probeBytes();
  candidates = makePool(max(width, 2 * MAX_PLACES));
  chosen = allocate(MAX_PLACES << 2);
  probes = allocate(<u64>stride * placesAt(0));
  covers = allocate(LINE_UP_BYTES);
  group = allocate(16);
  return candidates != 0 && chosen != 0 && probes != 0 && covers != 0 && group != 0;
}

/** Begins with none, and keeps at most `width`. */
export function beginCandidates(width: u32): void {
  clear(candidates, width);
  grouped = 0;
}

/** Begins with all that are in the pool, whose keys carry a mark, and keeps at most `width`. */
export function copyCandidates(pool: usize, width: u32): void {
  const size = sizeOf(pool);
  beginCandidates(width);
  for (let i: u32 = 0; i < size; i++) setKey(candidates, i, keyAt(pool, i) & ~1);
  setSize(candidates, size);
}

/** Adds a slot; it is measured once four have come together or `endCandidates` is called. */
export function addCandidate(probe: usize, slot: u32): void {
  store<u32>(group + (grouped++ << 2), slot);
  if (grouped == 4) endCandidates(probe);
}

export function endCandidates(probe: usize): void {
  const count = grouped;
  if (count == 0) return;
  for (let i = count; i < 4; i++) store<u32>(group + (i << 2), load<u32>(group));
  const distances = measureFour(probe, group);
  offer(candidates, keyOf(f32x4.extract_lane(distances, 0), numberOf(load<u32>(group))));
  if (count > 1) offer(candidates, keyOf(f32x4.extract_lane(distances, 1), numberOf(load<u32>(group, 4))));
  if (count > 2) offer(candidates, keyOf(f32x4.extract_lane(distances, 2), numberOf(load<u32>(group, 8))));
  if (count > 3) offer(candidates, keyOf(f32x4.extract_lane(distances, 3), numberOf(load<u32>(group, 12))));
  grouped = 0;
}

export function beginChoice(): void {
  chosenCount = 0;
  covering = 0;
}

/** Takes the choosing node itself, a level's first node, which is its own parent; it covers no candidate. */
export function takeSelf(slot: u32): void {
  take(slot);
  covering = 1;
}

/** Chooses until there are `limit`, those taken before included; `strict` of them are left to the strict rule. */
export function choose(limit: u32, strict: u32): void {
  // A candidate that the lax rule covers is covered by the strict one too, which therefore goes on where the other stopped.
  const seen = chooseBy(LAX, limit - strict, 0);
  chooseBy(STRICT, limit, seen);
}

/** Answers how many candidates it has examined. */
function chooseBy(factor: f32, limit: u32, from: u32): u32 {
  const size = sizeOf(candidates);
  let i = from;
  for (; i < size && chosenCount < limit; i++) {
    const key = keyAt(candidates, i);
    const slot = slotOf(key);
    if (!isChosen(slot) && !isCovered(slot, distanceOf(key), factor)) take(slot);
  }
  return i;
}

/** Takes the slot, covered or not. */
export function take(slot: u32): void {
  const probe = probes + chosenCount * stride;
  probeSlot(probe, slot);
  lineUp(covers, chosenCount, probe);
  store<u32>(chosen + (chosenCount++ << 2), slot);
}

export function chosenAt(index: u32): u32 {
  return load<u32>(chosen + (index << 2));
}

export function isChosen(slot: u32): bool {
  for (let i: u32 = 0; i < chosenCount; i++) if (chosenAt(i) == slot) return true;
  return false;
}

// The upper plane decides nearly always; the lower one is read where it could change the result.
function isCovered(slot: u32, distance: f32, factor: f32): bool {
  const reach = f32x4.splat(distance);
  const factors = f32x4.splat(factor);
  for (let i = covering; i < chosenCount; i += 4) {
    const probes = covers + (i << 2);
    if (isByOriginals) {
      if (v128.any_true(f32x4.le(f32x4.mul(exactAcross(slot, probes), factors), reach))) return true;
      continue;
    }
    const upper = acrossUpper(slot, probes);
    const middles = middleAcross(slot, probes, upper);
    const doubts = doubtAcross(slot, probes);
    if (!v128.any_true(f32x4.le(f32x4.mul(f32x4.sub(middles, doubts), factors), reach))) continue;
    if (v128.any_true(f32x4.le(f32x4.mul(f32x4.add(middles, doubts), factors), reach))) return true;
    const both = addLowerAcross(slot, probes, upper);
    if (v128.any_true(f32x4.le(f32x4.mul(f32x4.add(both, f32x4.mul(doubts, f32x4.splat(CODE_DOUBT))), factors), reach))) return true;
  }
  return false;
}
