/**
 * Insertion as in the paper: a level by lot, a walk on each level from there down, links to neighbours that lie in
 * different directions. It differs in that the lot is drawn with whole numbers (the same on every machine), that a
 * candidate as near to a chosen one as to the new node is passed over too (many equal vectors would link only to each
 * other), and that passed-over ones fill up half of the places.
 */
import { BUILD_WIDTH, COUNT, ENTRY, LINKS, MAX_LEVEL, RANDOM, TOP, HEADER, read, write } from "./layout";
import { allocate, rowAt } from "./arena";
import { distanceBetween, keepVector, setQuery } from "./distance";
import { isFull, link, makeRoom, splice } from "./link";
import { distanceOf, keyAt, sizeOf } from "./list";
import { degreeOf, raise, takeSlot } from "./nodes";
import { beam, descendTo, slotOf, walk } from "./walk";

let chosen: usize = 0;
let chosenCount: u32 = 0;

export function makeChoiceRoom(): bool {
  chosen = allocate(read(LINKS) << 2);
  return chosen != 0;
}

/** Adds the vector at `source` as `row`. A slot was reserved, and the row is not in the index. */
export function place(row: u32, source: usize): u32 {
  const slot = takeSlot();
  keepVector(slot, source);
  setQuery(source);
  store<u32>(rowAt(slot), row);
  const level = raise(slot, drawLevel());
  if (read(COUNT) > 0) joinLevels(slot, level);
  if (read(COUNT) == 0 || level > read(TOP)) {
    write(ENTRY, slot);
    write(TOP, level);
  }
  write(COUNT, read(COUNT) + 1);
  return slot;
}

function joinLevels(slot: u32, level: u32): void {
  const from = min(level, read(TOP));
  descendTo(from, read(BUILD_WIDTH));
  for (let at = <i32>from; at >= 0; at--) {
    walk(at);
    choose();
    join(slot, at);
  }
}

function join(slot: u32, level: u32): void {
  for (let i: u32 = 0; i < chosenCount; i++) {
    const neighbor = chosenAt(i);
    if (!isFull(neighbor, level) || makeRoom(neighbor, slot, level)) link(slot, neighbor, level);
  }
  if (degreeOf(slot, level) == 0) splice(chosenAt(0), slot, level);
}

/** Takes from the beam up to m slots, the nearest of each direction first. */
function choose(): void {
  const m = read(LINKS);
  const size = sizeOf(beam);
  chosenCount = 0;
  for (let i: u32 = 0; i < size && chosenCount < m; i++) {
    const key = keyAt(beam, i);
    if (isOwnDirection(slotOf(key), distanceOf(key))) take(slotOf(key));
  }
  for (let i: u32 = 0; i < size && chosenCount < m >> 1; i++) {
    const slot = slotOf(keyAt(beam, i));
    if (!isChosen(slot)) take(slot);
  }
}

function isOwnDirection(slot: u32, distance: f32): bool {
  for (let i: u32 = 0; i < chosenCount; i++) if (distanceBetween(slot, chosenAt(i)) <= distance) return false;
  return true;
}

function isChosen(slot: u32): bool {
  for (let i: u32 = 0; i < chosenCount; i++) if (chosenAt(i) == slot) return true;
  return false;
}

function chosenAt(index: u32): u32 {
  return load<u32>(chosen + (index << 2));
}

function take(slot: u32): void {
  store<u32>(chosen + (chosenCount++ << 2), slot);
}

/** Level l or higher once in m^l draws: the paper's distribution without a logarithm. */
function drawLevel(): u32 {
  const once = 0xffffffff / read(LINKS);
  let level: u32 = 0;
  while (level < MAX_LEVEL && random() < once) level++;
  return level;
}

// splitmix64: any seed will do, and the state is one number of the header.
function random(): u32 {
  const state = load<u64>(HEADER, RANDOM) + 0x9e3779b97f4a7c15;
  store<u64>(HEADER, state, RANDOM);
  let mixed = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  return <u32>((mixed ^ (mixed >> 31)) >> 32);
}
