/**
 * Whether memory that was filled from outside is a graph that can be walked. The checksums of a snapshot already speak
 * for its bytes; this makes sure that no bytes at all can lead a walk out of bounds or round in circles.
 */
import {
  ABOVE, COUNT, DEAD, ENTRY, FREE_SLOT, FREE_TOWER, MAX_LEVEL, NONE, SETTLED, SLOTS, TOP, TOWERS, TOWER_LINKS, placesAt, read,
} from "./layout";
import { borrow } from "../shared/memory";
import { towerAt } from "./arena";
import { degreeOf, isFree, isLive, linkAt, linksOf, nextFree, towerOf } from "./nodes";
import { isCrowded, orderTree } from "./tree";

let order: usize = 0;
let levels: usize = 0;
let used: usize = 0;

/** False as well when there is no memory to find out. */
export function isSound(): bool {
  const slots = read(SLOTS);
  levels = borrow(<u64>slots * 5 + read(TOWERS));
  order = levels + slots;
  used = order + (slots << 2);
  if (!levels || read(SETTLED) > slots) return false;
  return hasSoundTowers() && hasSoundCounts() && hasSoundLinks() && hasSoundTrees() && hasSoundFree();
}

/** Finds the level of each slot, 255 for a free one; each tower block is one slot's, or free. */
function hasSoundTowers(): bool {
  const slots = read(SLOTS);
  memory.fill(used, 0, read(TOWERS));
  let left = read(TOWERS);
  for (let slot: u32 = 0; slot < slots; slot++) {
    if (isFree(slot)) {
      store<u8>(levels + slot, 255);
      continue;
    }
    let level: u32 = 0;
    for (let block = towerOf(slot); block != NONE; block = load<u32>(towerAt(block), ABOVE)) {
      if (!isFirstUse(block) || ++level > MAX_LEVEL) return false;
      left--;
    }
    store<u8>(levels + slot, <u8>level);
  }
  for (let block = read(FREE_TOWER); block != NONE; block = load<u32>(towerAt(block), ABOVE)) {
    if (!isFirstUse(block) || degreeOf(towerAt(block) + TOWER_LINKS) != 0) return false;
    left--;
  }
  return left == 0;
}

function isFirstUse(block: u32): bool {
  if (block >= read(TOWERS) || load<u8>(used + block) != 0) return false;
  store<u8>(used + block, 1);
  return true;
}

function hasSoundCounts(): bool {
  const slots = read(SLOTS);
  let live: u32 = 0;
  let dead: u32 = 0;
  for (let slot: u32 = 0; slot < slots; slot++) {
    if (isFree(slot)) continue;
    if (isLive(slot)) live++;
    else dead++;
  }
  if (live != read(COUNT) || dead != read(DEAD)) return false;
  // When the last row goes, so do those that were removed before it: there would be nobody for the sweep to hang a tree from.
  if (live == 0) return dead == 0 && read(ENTRY) == NONE && read(TOP) == 0;
  return read(ENTRY) < slots && levelAt(read(ENTRY)) == read(TOP);
}

// @ts-ignore: decorator
@inline
function levelAt(slot: u32): u32 {
  return load<u8>(levels + slot);
}

function hasSoundLinks(): bool {
  const slots = read(SLOTS);
  for (let slot: u32 = 0; slot < slots; slot++) {
    if (levelAt(slot) == 255) continue;
    for (let level: u32 = 0; level <= levelAt(slot); level++) {
      if (level > read(TOP) || !leadSomewhere(linksOf(slot, level), slot, level)) return false;
    }
  }
  return true;
}

/** At least a parent, nothing twice, itself in the first place only, and no more children than leave room for others. */
function leadSomewhere(links: usize, slot: u32, level: u32): bool {
  const degree = degreeOf(links);
  if (degree == 0 || degree > placesAt(level)) return false;
  for (let i: u32 = 0; i < degree; i++) {
    const other = linkAt(links, i);
    if (other >= read(SLOTS) || levelAt(other) == 255 || levelAt(other) < level) return false;
    if (other == slot && i > 0) return false;
    for (let j: u32 = 0; j < i; j++) if (linkAt(links, j) == other) return false;
  }
  return !isCrowded(slot, level);
}

function hasSoundTrees(): bool {
  if (read(ENTRY) == NONE) return true;
  for (let level: u32 = 0; level <= read(TOP); level++) {
    if (!climbsToRoot(level) || orderTree(level, order) != countOn(level)) return false;
  }
  return true;
}

// From the entry, where every walk up begins, in no more steps than there are nodes.
function climbsToRoot(level: u32): bool {
  let slot = read(ENTRY);
  for (let steps = read(SLOTS); steps > 0; steps--) {
    const parent = linkAt(linksOf(slot, level), 0);
    if (parent == slot) return true;
    slot = parent;
  }
  return false;
}

function countOn(level: u32): u32 {
  const slots = read(SLOTS);
  let count: u32 = 0;
  for (let slot: u32 = 0; slot < slots; slot++) if (levelAt(slot) != 255 && levelAt(slot) >= level) count++;
  return count;
}

function hasSoundFree(): bool {
  let left = read(SLOTS) - read(COUNT) - read(DEAD);
  for (let slot = read(FREE_SLOT); slot != NONE; slot = nextFree(slot)) {
    if (left-- == 0 || slot >= read(SLOTS) || !isFree(slot)) return false;
  }
  return left == 0;
}
