/**
 * Checks that memory that was filled from outside is a graph that can be walked. The checksums of a snapshot already cover
 * its bytes; this check makes sure that no bytes can lead a walk out of bounds or round in circles.
 *
 * A node is a third of a kilobyte and has dozens of links. The data that a link is checked by is one word a slot in a table
 * that fits into the nearer caches. Nodes themselves are read only from first to last.
 */
import {
  ABOVE, COUNT, DEAD, ENTRY, FREE_SLOT, FREE_UPPER_BLOCK, MAX_LEVEL, NONE, SETTLED, SLOTS, TOP, UPPER_BLOCKS, UPPER_LINKS, placesAt, read,
} from "./layout";
import { borrow } from "../shared/memory";
import { upperBlockAt } from "./arena";
import { degreeOf, isFree, isLive, linkAt, linksOf, nextFree, parentOf, upperBlockOf } from "./nodes";

const FREE: u32 = 255;

/** On the level that is being checked: a slot's parent and two marks, or ABSENT for a slot that is not on it. */
const ABSENT: u32 = 0xffffffff;
const CLIMBED: u32 = 0x80000000;
const LISTED: u32 = 0x40000000;

const PART: u32 = 4096;

let words: usize = 0;
let levels: usize = 0;
let used: usize = 0;

/** False as well when there is no memory for the check. */
export function isSound(): bool {
  const slots = read(SLOTS);
  words = borrow(<u64>slots * 5 + read(UPPER_BLOCKS));
  levels = words + (slots << 2);
  used = levels + slots;
  if (!words || read(SETTLED) > slots || read(TOP) > MAX_LEVEL) return false;
  return hasSoundUpperBlocks() && hasSoundCounts() && hasSoundLevels() && hasSoundFree();
}

/** Finds the level of each slot; each upper block is one slot's, or free. */
function hasSoundUpperBlocks(): bool {
  const slots = read(SLOTS);
  memory.fill(used, 0, read(UPPER_BLOCKS));
  let left = read(UPPER_BLOCKS);
  for (let slot: u32 = 0; slot < slots; slot++) {
    let level: u32 = 0;
    if (isFree(slot)) level = FREE;
    else {
      for (let block = upperBlockOf(slot); block != NONE; block = load<u32>(upperBlockAt(block), ABOVE)) {
        if (!isFirstUse(block) || ++level > read(TOP)) return false;
        left--;
      }
    }
    store<u8>(levels + slot, <u8>level);
  }
  for (let block = read(FREE_UPPER_BLOCK); block != NONE; block = load<u32>(upperBlockAt(block), ABOVE)) {
    if (!isFirstUse(block) || degreeOf(upperBlockAt(block) + UPPER_LINKS) != 0) return false;
    left--;
  }
  return left == 0;
}

function isFirstUse(block: u32): bool {
  if (block >= read(UPPER_BLOCKS) || load<u8>(used + block) != 0) return false;
  store<u8>(used + block, 1);
  return true;
}

function hasSoundCounts(): bool {
  const slots = read(SLOTS);
  let live: u32 = 0;
  let dead: u32 = 0;
  for (let slot: u32 = 0; slot < slots; slot++) {
    if (levelAt(slot) == FREE) continue;
    if (isLive(slot)) live++;
    else dead++;
  }
  if (live != read(COUNT) || dead != read(DEAD)) return false;
  // When the last row is removed, the removed nodes are dropped at once, since no live node could be the root of a tree.
  if (live == 0) return dead == 0 && read(ENTRY) == NONE && read(TOP) == 0;
  return read(ENTRY) < slots && levelAt(read(ENTRY)) == read(TOP);
}

@inline
function levelAt(slot: u32): u32 {
  return load<u8>(levels + slot);
}

@inline
function wordAt(slot: u32): usize {
  return words + (slot << 2);
}

function hasSoundLevels(): bool {
  if (read(COUNT) == 0) return true;
  for (let level: u32 = 0; level <= read(TOP); level++) {
    if (!isTree(level)) return false;
  }
  return true;
}

/** Answers how many nodes are on the level. */
function noteParents(level: u32): u32 {
  const slots = read(SLOTS);
  let nodes: u32 = 0;
  for (let slot: u32 = 0; slot < slots; slot++) {
    const isThere = levelAt(slot) != FREE && levelAt(slot) >= level;
    store<u32>(wordAt(slot), isThere ? parentOf(linksOf(slot, level)) : ABSENT);
    nodes += u32(isThere);
  }
  return nodes;
}

/**
 * One tree with shortcuts: every node but one, the root, has another node as its parent, which links back to it, and every path
 * up ends at the root. A node is a child of one parent only, so that the number of children shows whether any is missing.
 */
function isTree(level: u32): bool {
  const nodes = noteParents(level);
  return childrenAmong(0, read(SLOTS), level) == nodes - 1 && climbsToRoot(nodes);
}

/** Works in parts, since an engine uses its optimized code of a loop only when the function is called again. */
function childrenAmong(from: u32, to: u32, level: u32): u32 {
  if (to - from > PART) {
    const middle = (from + to) >> 1;
    const first = childrenAmong(from, middle, level);
    const rest = first == NONE ? NONE : childrenAmong(middle, to, level);
    return rest == NONE ? NONE : first + rest;
  }
  let children: u32 = 0;
  for (let slot = from; slot < to; slot++) {
    if (load<u32>(wordAt(slot)) == ABSENT) continue;
    const found = childrenIn(linksOf(slot, level), slot, level);
    if (found == NONE) return NONE;
    children += found;
  }
  return children;
}

/**
 * How many of the links are to children, or NONE if the list is not valid: there must be a parent, no link twice, none to a node
 * that is not on the level, the node itself in the first place only, and no more children than allowed. A root may have one more.
 */
function childrenIn(links: usize, slot: u32, level: u32): u32 {
  const slots = read(SLOTS);
  const degree = degreeOf(links);
  const places = placesAt(level);
  if (degree == 0 || degree > places) return NONE;
  let children: u32 = 0;
  for (let i: u32 = 0; i < degree; i++) {
    const other = linkAt(links, i);
    if (other >= slots) return NONE;
    const word = load<u32>(wordAt(other));
    // The word of an absent slot has all marks.
    if ((word & LISTED) != 0 || (other == slot && i > 0)) return NONE;
    store<u32>(wordAt(other), word | LISTED);
    children += u32(word == slot && other != slot);
  }
  for (let i: u32 = 0; i < degree; i++) {
    const word = wordAt(linkAt(links, i));
    store<u32>(word, load<u32>(word) & ~LISTED);
  }
  return children > (places >> 1) + u32(linkAt(links, 0) == slot) ? NONE : children;
}

/** Goes up from each node to one that is marked already, then marks that path. More steps than there are nodes are a circle. */
function climbsToRoot(nodes: u32): bool {
  const slots = read(SLOTS);
  let left = nodes;
  for (let slot: u32 = 0; slot < slots; slot++) {
    for (let at = slot; !isClimbed(at); at = load<u32>(wordAt(at))) if (left-- == 0) return false;
    for (let at = slot; !isClimbed(at); ) {
      const parent = load<u32>(wordAt(at));
      store<u32>(wordAt(at), parent | CLIMBED);
      at = parent;
    }
  }
  return true;
}

// The root and absent slots count as climbed.
@inline
function isClimbed(slot: u32): bool {
  const word = load<u32>(wordAt(slot));
  return (word & CLIMBED) != 0 || word == slot;
}

function hasSoundFree(): bool {
  let left = read(SLOTS) - read(COUNT) - read(DEAD);
  for (let slot = read(FREE_SLOT); slot != NONE; slot = nextFree(slot)) {
    if (left-- == 0 || slot >= read(SLOTS) || !isFree(slot)) return false;
  }
  return left == 0;
}
