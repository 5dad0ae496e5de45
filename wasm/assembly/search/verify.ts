/**
 * Whether memory that was filled from outside is a graph that can be walked. The checksums of a snapshot already speak
 * for its bytes; this makes sure that no bytes at all can lead a walk out of bounds or round in circles.
 *
 * A node is a third of a kilobyte, and each has dozens of links: what a link is judged by lies apart, in a word a slot
 * that the nearer caches hold. Nodes themselves are only gone through from first to last.
 */
import {
  ABOVE, COUNT, DEAD, ENTRY, FREE_SLOT, FREE_UPPER_BLOCK, MAX_LEVEL, NONE, SETTLED, SLOTS, TOP, UPPER_BLOCKS, UPPER_LINKS, placesAt, read,
} from "./layout";
import { borrow } from "../shared/memory";
import { upperBlockAt } from "./arena";
import { degreeOf, isFree, isLive, linkAt, linksOf, nextFree, parentOf, upperBlockOf } from "./nodes";

const FREE: u32 = 255;

/** On the level that is looked at: a slot's parent and two marks, or ABSENT for who is not there. */
const ABSENT: u32 = 0xffffffff;
const CLIMBED: u32 = 0x80000000;
const LISTED: u32 = 0x40000000;

const PART: u32 = 4096;

let words: usize = 0;
let levels: usize = 0;
let used: usize = 0;

/** False as well when there is no memory to find out. */
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
  // When the last row goes, so do those that were removed before it: there would be nobody for the sweep to hang a tree from.
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
 * One tree with shortcuts: every node but one has another for its parent, which links back to it, and every way up ends at
 * that one. Who is linked back to is a child of one alone, so that counting them tells whether any is missing.
 */
function isTree(level: u32): bool {
  const nodes = noteParents(level);
  return childrenAmong(0, read(SLOTS), level) == nodes - 1 && climbsToRoot(nodes);
}

/** In parts, since an engine puts its better code of a loop in place only when the function is called again. */
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
 * How many of the links are to children, or NONE: there must be a parent, nothing twice, nobody who is not on the level, the
 * node itself in the first place only, and no more children than leave room for others. A node that was made root has one more.
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
    // Who is absent bears all marks.
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

/** Goes up from each as far as nobody went yet, then marks that way. More steps than there are nodes go round in a circle. */
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

// So are the root, and who is absent.
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
