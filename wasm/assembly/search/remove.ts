/**
 * Removal, which the paper leaves out. Marking nodes as deleted would keep their memory and fill every walk with dead
 * ends, so a node really goes: on each of its levels the neighbours it leaves are joined by the shortest tree over
 * them, existing links counting as free, and who is short of links gets one more.
 */
import { COUNT, ENTRY, NONE, TOP, read, write } from "./layout";
import { allocate } from "./arena";
import { distanceBetween } from "./distance";
import { forceRoom, isFull, isLinked, link, makeRoom, unlink } from "./link";
import { clear, keyAt, offer, sizeOf } from "./list";
import { degreeOf, levelOf, linkAt, linksOf, placesAt, releaseSlot } from "./nodes";
import { beam, capacity, firstVisit, forgetVisits } from "./walk";

const JOINED: f32 = -Infinity;
const SETTLED: f32 = Infinity;

// For each neighbour left: its slot, its distance to the tree, the slot of the tree it is nearest to.
let left: usize = 0;
let gaps: usize = 0;
let hooks: usize = 0;
let leftCount: u32 = 0;

export function makeMendRoom(): bool {
  const bytes = placesAt(0) << 2;
  left = allocate(bytes);
  gaps = allocate(bytes);
  hooks = allocate(bytes);
  return left != 0 && gaps != 0 && hooks != 0;
}

export function take(slot: u32): void {
  if (read(ENTRY) == slot) moveEntry(slot);
  const level = levelOf(slot);
  for (let at: u32 = 0; at <= level; at++) {
    detach(slot, at);
    joinLeft(at);
    topUpLeft(at);
  }
  releaseSlot(slot);
  write(COUNT, read(COUNT) - 1);
}

/** The highest neighbour on the highest level that has one; the last node leaves nothing. */
function moveEntry(slot: u32): void {
  for (let level = <i32>levelOf(slot); level >= 0; level--) {
    if (degreeOf(slot, level) == 0) continue;
    const heir = linkAt(linksOf(slot, level), 0);
    write(ENTRY, heir);
    write(TOP, levelOf(heir));
    return;
  }
  write(ENTRY, NONE);
  write(TOP, 0);
}

function detach(slot: u32, level: u32): void {
  leftCount = 0;
  while (degreeOf(slot, level) > 0) {
    const neighbor = linkAt(linksOf(slot, level), 0);
    unlink(slot, neighbor, level);
    store<u32>(left + (leftCount++ << 2), neighbor);
  }
}

function joinLeft(level: u32): void {
  if (leftCount == 0) return;
  for (let i: u32 = 0; i < leftCount; i++) store<f32>(gaps + (i << 2), f32.MAX_VALUE);
  let current: u32 = 0;
  for (let settled: u32 = 1; settled < leftCount; settled++) {
    settle(current, level);
    current = nearestLeft();
    if (gapAt(current) != JOINED) bridge(leftAt(current), load<u32>(hooks + (current << 2)), level);
  }
}

/** Puts one into the tree and measures the others against it. */
function settle(current: u32, level: u32): void {
  store<f32>(gaps + (current << 2), SETTLED);
  const slot = leftAt(current);
  for (let i: u32 = 0; i < leftCount; i++) {
    if (gapAt(i) == SETTLED) continue;
    const gap = isLinked(slot, leftAt(i), level) ? JOINED : distanceBetween(slot, leftAt(i));
    if (gap >= gapAt(i)) continue;
    store<f32>(gaps + (i << 2), gap);
    store<u32>(hooks + (i << 2), slot);
  }
}

function nearestLeft(): u32 {
  let nearest: u32 = 0;
  for (let i: u32 = 1; i < leftCount; i++) if (gapAt(i) < gapAt(nearest)) nearest = i;
  return nearest;
}

/**
 * Joins what hangs together with `a` to what hangs together with `b`, by these two if both can take a link. Where every
 * place is taken and nothing can be spared, which happens in graphs of few links, somebody near stands in.
 */
function bridge(a: u32, b: u32, level: u32): void {
  const one = hostNear(a, b, level);
  const other = one == NONE ? NONE : hostNear(b, one, level);
  if (other != NONE && !isLinked(one, other, level)) link(one, other, level);
}

/** The fewest links away from `start` that can take a link; NONE when `goal` was met on the way, so that all is joined. */
function hostNear(start: u32, goal: u32, level: u32): u32 {
  if (hasRoom(start, goal, level)) return start;
  forgetVisits();
  clear(beam, capacity);
  enqueue(start);
  for (let i: u32 = 0; i < sizeOf(beam); i++) {
    const slot = <u32>keyAt(beam, i);
    if (slot == goal) return NONE;
    if (hasRoom(slot, goal, level)) return slot;
    const links = linksOf(slot, level);
    const count = load<u32>(links);
    for (let j: u32 = 0; j < count; j++) enqueue(linkAt(links, j));
  }
  return NONE;
}

// The list serves as a plain queue: its order numbers take the place of distances.
function enqueue(slot: u32): void {
  if (sizeOf(beam) < capacity && firstVisit(slot)) offer(beam, (<u64>sizeOf(beam) << 32) | slot);
}

function hasRoom(slot: u32, comer: u32, level: u32): bool {
  return !isFull(slot, level) || makeRoom(slot, comer, level) || forceRoom(slot, comer, level);
}

function topUpLeft(level: u32): void {
  const enough = placesAt(level) >> 1;
  for (let i: u32 = 0; i < leftCount; i++) {
    if (degreeOf(leftAt(i), level) >= enough) continue;
    const other = nearestStranger(leftAt(i), level);
    if (other != NONE) link(leftAt(i), other, level);
  }
}

function nearestStranger(slot: u32, level: u32): u32 {
  let nearest = NONE;
  let least = f32.MAX_VALUE;
  for (let i: u32 = 0; i < leftCount; i++) {
    const other = leftAt(i);
    if (other == slot || isFull(other, level) || isLinked(slot, other, level)) continue;
    const distance = distanceBetween(slot, other);
    if (distance >= least) continue;
    least = distance;
    nearest = other;
  }
  return nearest;
}

function leftAt(index: u32): u32 {
  return load<u32>(left + (index << 2));
}

function gapAt(index: u32): f32 {
  return load<f32>(gaps + (index << 2));
}
