/**
 * Slots and towers: taking them, giving them back, finding a node's links. A freed slot is the first to be used again,
 * so that an index with churn does not grow.
 */
import {
  ABOVE, BASE_LINKS, FREE_SLOT, FREE_TOWER, LEVEL, LINKS, NONE, SLOTS, TOWER, TOWER_LINKS, TOWERS, read, write,
} from "./layout";
import { nodeAt, reserveTowers, towerAt } from "./arena";

/** A slot without level or links. `reserveSlots` came first. */
export function takeSlot(): u32 {
  const freed = read(FREE_SLOT);
  if (freed == NONE) {
    const fresh = read(SLOTS);
    write(SLOTS, fresh + 1);
    return fresh;
  }
  write(FREE_SLOT, load<u32>(nodeAt(freed), TOWER));
  return freed;
}

export function releaseSlot(slot: u32): void {
  const node = nodeAt(slot);
  releaseTower(load<u32>(node, TOWER));
  store<u32>(node, NONE, LEVEL);
  store<u32>(node, read(FREE_SLOT), TOWER);
  write(FREE_SLOT, slot);
}

/** Gives the node empty links on levels 0 to `level`, or to as high as memory reaches; says how high that is. */
export function raise(slot: u32, level: u32): u32 {
  const node = nodeAt(slot);
  store<u32>(node, 0, BASE_LINKS);
  store<u32>(node, NONE, TOWER);
  let place = node + TOWER;
  let reached: u32 = 0;
  while (reached < level) {
    const block = takeTower();
    if (block == NONE) break;
    store<u32>(place, block);
    place = towerAt(block) + ABOVE;
    reached++;
  }
  store<u32>(node, reached, LEVEL);
  return reached;
}

function takeTower(): u32 {
  const freed = read(FREE_TOWER);
  const block = freed == NONE ? read(TOWERS) : freed;
  if (freed == NONE) {
    if (!reserveTowers(block + 1)) return NONE;
    write(TOWERS, block + 1);
  } else {
    write(FREE_TOWER, load<u32>(towerAt(freed), ABOVE));
  }
  store<u32>(towerAt(block), NONE, ABOVE);
  store<u32>(towerAt(block), 0, TOWER_LINKS);
  return block;
}

function releaseTower(first: u32): void {
  let block = first;
  while (block != NONE) {
    const above = load<u32>(towerAt(block), ABOVE);
    store<u32>(towerAt(block), read(FREE_TOWER), ABOVE);
    write(FREE_TOWER, block);
    block = above;
  }
}

export function levelOf(slot: u32): u32 {
  return load<u32>(nodeAt(slot), LEVEL);
}

/** Address of the node's links on that level: count, then slots. The node reaches that level. */
export function linksOf(slot: u32, level: u32): usize {
  const node = nodeAt(slot);
  if (level == 0) return node + BASE_LINKS;
  let block = load<u32>(node, TOWER);
  for (let at: u32 = 1; at < level; at++) block = load<u32>(towerAt(block), ABOVE);
  return towerAt(block) + TOWER_LINKS;
}

export function linkAt(links: usize, index: u32): u32 {
  return load<u32>(links + (index << 2), 4);
}

export function degreeOf(slot: u32, level: u32): u32 {
  return load<u32>(linksOf(slot, level));
}

export function placesAt(level: u32): u32 {
  return level == 0 ? read(LINKS) << 1 : read(LINKS);
}
