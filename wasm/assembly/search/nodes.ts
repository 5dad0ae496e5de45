/**
 * Slots, towers and lists of links. A list is a head (u32) and places of three bytes each; the head of level 0 is the
 * node's own, those above lie in its tower. A freed slot is the first to be used again, so that an index with churn does
 * not grow.
 */
import {
  ABOVE, COUNT, DEAD, FREE_SLOT, FREE_TOWER, NONE, SLOTS, TOWER_LINKS, TOWERS, read, write,
} from "./layout";
import { headAt, reserveTowers, towerAt } from "./arena";

/** A head: first tower block or, in a free slot, the next free one; number of links; mark of a removed node. */
const COUNT_SHIFT: u32 = 24;
const COUNT_MASK: u32 = 0x7f;
const REMOVED: u32 = 0x80000000;
const FREE: u32 = 0xff000000;

/** A slot without level or links. Room was reserved. */
export function takeSlot(): u32 {
  const freed = read(FREE_SLOT);
  if (freed != NONE) {
    write(FREE_SLOT, towerOf(freed));
    return freed;
  }
  const fresh = read(SLOTS);
  write(SLOTS, fresh + 1);
  return fresh;
}

/** The node's towers go, and the slot is free. Nothing leads to it any more. */
export function releaseSlot(slot: u32): void {
  releaseTowers(towerOf(slot));
  store<u32>(headAt(slot), FREE | read(FREE_SLOT));
  write(FREE_SLOT, slot);
}

/** Gives the node empty lists on levels 0 to `level`, or to as high as memory reaches; says how high that is. */
export function raise(slot: u32, level: u32): u32 {
  let first: u32 = NONE;
  let reached: u32 = 0;
  let last: u32 = NONE;
  while (reached < level) {
    const block = takeTower();
    if (block == NONE) break;
    if (last == NONE) first = block;
    else store<u32>(towerAt(last), block, ABOVE);
    last = block;
    reached++;
  }
  store<u32>(headAt(slot), first);
  return reached;
}

function takeTower(): u32 {
  const freed = read(FREE_TOWER);
  const block = freed == NONE ? read(TOWERS) : freed;
  if (freed == NONE) {
    if (block == NONE || !reserveTowers(block + 1)) return NONE;
    write(TOWERS, block + 1);
  } else {
    write(FREE_TOWER, load<u32>(towerAt(freed), ABOVE));
  }
  store<u32>(towerAt(block), NONE, ABOVE);
  store<u32>(towerAt(block), 0, TOWER_LINKS);
  return block;
}

function releaseTowers(first: u32): void {
  let block = first;
  while (block != NONE) {
    const above = load<u32>(towerAt(block), ABOVE);
    store<u32>(towerAt(block), read(FREE_TOWER), ABOVE);
    store<u32>(towerAt(block), 0, TOWER_LINKS);
    write(FREE_TOWER, block);
    block = above;
  }
}

export function towerOf(slot: u32): u32 {
  return load<u32>(headAt(slot)) & NONE;
}

/** The free slot after this one, which is free. */
export function nextFree(slot: u32): u32 {
  return towerOf(slot);
}

export function isFree(slot: u32): bool {
  return load<u32>(headAt(slot)) >= FREE;
}

/** Whether the slot holds a row: neither free nor removed. */
export function isLive(slot: u32): bool {
  return <i32>load<u32>(headAt(slot)) >= 0;
}

/** From now on the node only leads elsewhere. */
export function markRemoved(slot: u32): void {
  store<u32>(headAt(slot), load<u32>(headAt(slot)) | REMOVED);
  write(COUNT, read(COUNT) - 1);
  write(DEAD, read(DEAD) + 1);
}

export function levelOf(slot: u32): u32 {
  let level: u32 = 0;
  for (let block = towerOf(slot); block != NONE; block = load<u32>(towerAt(block), ABOVE)) level++;
  return level;
}

/** Address of the node's list on that level. The node reaches that level. */
@inline
export function linksOf(slot: u32, level: u32): usize {
  return level == 0 ? headAt(slot) : towerLinks(slot, level);
}

function towerLinks(slot: u32, level: u32): usize {
  let block = towerOf(slot);
  for (let at: u32 = 1; at < level; at++) block = load<u32>(towerAt(block), ABOVE);
  return towerAt(block) + TOWER_LINKS;
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

/** The node that a list's owner hangs from: the first link of every node but a level's first. */
@inline
export function parentOf(links: usize): u32 {
  return degreeOf(links) == 0 ? NONE : linkAt(links, 0);
}

/** Puts the parent first; it may have been among the links, and the former one goes when it was not. */
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
