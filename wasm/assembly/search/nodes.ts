/**
 * Slots, upper blocks and lists of links. A list is a head (u32) and places of three bytes each; the head of level 0 is the
 * node's own, those above lie in its upper blocks. A freed slot is the first to be used again, so that an index with churn does
 * not grow.
 */
import {
  ABOVE, COUNT, DEAD, FREE_SLOT, FREE_UPPER_BLOCK, NONE, SLOTS, UPPER_LINKS, UPPER_BLOCKS, read, write,
} from "./layout";
import { headAt, reserveUpperBlocks, upperBlockAt } from "./arena";

/** A head: first upper block or, in a free slot, the next free one; number of links; mark of a removed node. */
const COUNT_SHIFT: u32 = 24;
const COUNT_MASK: u32 = 0x7f;
const REMOVED: u32 = 0x80000000;
const FREE: u32 = 0xff000000;

/** A slot without level or links. Room was reserved. */
export function takeSlot(): u32 {
  const freed = read(FREE_SLOT);
  if (freed != NONE) {
    write(FREE_SLOT, upperBlockOf(freed));
    return freed;
  }
  const fresh = read(SLOTS);
  write(SLOTS, fresh + 1);
  return fresh;
}

/** Frees the slot and the node's upper blocks. No link leads to it any more. */
export function releaseSlot(slot: u32): void {
  releaseUpperBlocks(upperBlockOf(slot));
  store<u32>(headAt(slot), FREE | read(FREE_SLOT));
  write(FREE_SLOT, slot);
}

/** Gives the node empty lists on levels 0 to `level`, or to the highest for which there is memory; answers the highest. */
export function raise(slot: u32, level: u32): u32 {
  let first: u32 = NONE;
  let reached: u32 = 0;
  let last: u32 = NONE;
  while (reached < level) {
    const block = takeUpperBlock();
    if (block == NONE) break;
    if (last == NONE) first = block;
    else store<u32>(upperBlockAt(last), block, ABOVE);
    last = block;
    reached++;
  }
  store<u32>(headAt(slot), first);
  return reached;
}

function takeUpperBlock(): u32 {
  const freed = read(FREE_UPPER_BLOCK);
  const block = freed == NONE ? read(UPPER_BLOCKS) : freed;
  if (freed == NONE) {
    if (block == NONE || !reserveUpperBlocks(block + 1)) return NONE;
    write(UPPER_BLOCKS, block + 1);
  } else {
    write(FREE_UPPER_BLOCK, load<u32>(upperBlockAt(freed), ABOVE));
  }
  store<u32>(upperBlockAt(block), NONE, ABOVE);
  store<u32>(upperBlockAt(block), 0, UPPER_LINKS);
  return block;
}

function releaseUpperBlocks(first: u32): void {
  let block = first;
  while (block != NONE) {
    const above = load<u32>(upperBlockAt(block), ABOVE);
    store<u32>(upperBlockAt(block), read(FREE_UPPER_BLOCK), ABOVE);
    store<u32>(upperBlockAt(block), 0, UPPER_LINKS);
    write(FREE_UPPER_BLOCK, block);
    block = above;
  }
}

export function upperBlockOf(slot: u32): u32 {
  return load<u32>(headAt(slot)) & NONE;
}

/** The free slot after this one, which is free. */
export function nextFree(slot: u32): u32 {
  return upperBlockOf(slot);
}

export function isFree(slot: u32): bool {
  return load<u32>(headAt(slot)) >= FREE;
}

/** Whether the slot holds a row: neither free nor removed. */
export function isLive(slot: u32): bool {
  return <i32>load<u32>(headAt(slot)) >= 0;
}

/** Marks the node as removed: from now on it is only walked through. */
export function markRemoved(slot: u32): void {
  store<u32>(headAt(slot), load<u32>(headAt(slot)) | REMOVED);
  write(COUNT, read(COUNT) - 1);
  write(DEAD, read(DEAD) + 1);
}

export function levelOf(slot: u32): u32 {
  let level: u32 = 0;
  for (let block = upperBlockOf(slot); block != NONE; block = load<u32>(upperBlockAt(block), ABOVE)) level++;
  return level;
}

/** Address of the node's list on that level. The node reaches that level. */
@inline
export function linksOf(slot: u32, level: u32): usize {
  return level == 0 ? headAt(slot) : upperLinks(slot, level);
}

function upperLinks(slot: u32, level: u32): usize {
  let block = upperBlockOf(slot);
  for (let at: u32 = 1; at < level; at++) block = load<u32>(upperBlockAt(block), ABOVE);
  return upperBlockAt(block) + UPPER_LINKS;
}

@inline
export function degreeOf(links: usize): u32 {
  return (load<u32>(links) >> COUNT_SHIFT) & COUNT_MASK;
}

export function setDegree(links: usize, degree: u32): void {
  store<u32>(links, (load<u32>(links) & ~(COUNT_MASK << COUNT_SHIFT)) | (degree << COUNT_SHIFT));
}

@inline
export function linkAt(links: usize, index: u32): u32 {
  return load<u32>(links + 4 + index * 3) & NONE;
}

export function setLink(links: usize, index: u32, slot: u32): void {
  const place = links + 4 + index * 3;
  store<u16>(place, <u16>slot);
  store<u8>(place, <u8>(slot >> 16), 2);
}

export function append(links: usize, slot: u32): void {
  const degree = degreeOf(links);
  setLink(links, degree, slot);
  setDegree(links, degree + 1);
}

/** The parent of a list's owner: the first link. A level's first node is its own parent. */
@inline
export function parentOf(links: usize): u32 {
  return degreeOf(links) == 0 ? NONE : linkAt(links, 0);
}

/** Puts the parent first; it may have been among the links, and the former first link is dropped when it was not. */
export function setParent(links: usize, parent: u32): void {
  const degree = degreeOf(links);
  for (let i: u32 = 1; i < degree; i++) {
    if (linkAt(links, i) != parent) continue;
    setLink(links, i, linkAt(links, 0));
    break;
  }
  setLink(links, 0, parent);
}

export function hasLink(links: usize, slot: u32): bool {
  const degree = degreeOf(links);
  for (let i: u32 = 0; i < degree; i++) if (linkAt(links, i) == slot) return true;
  return false;
}
