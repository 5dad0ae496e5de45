/**
 * Whether memory that was filled from outside is a graph that can be walked. The checksum of a snapshot already speaks
 * for its bytes; this makes sure that no bytes at all can lead a walk out of bounds or round in circles.
 */
import {
  ABOVE, BASE_LINKS, COUNT, ENTRY, FREE_SLOT, FREE_TOWER, LEVEL, MAX_LEVEL, NONE, SLOTS, TOP, TOWER, TOWER_LINKS, TOWERS,
  read,
} from "./layout";
import { nodeAt, towerAt } from "./arena";
import { levelOf, linkAt, placesAt } from "./nodes";

export function isSound(): bool {
  const slots = read(SLOTS);
  let live: u32 = 0;
  for (let slot: u32 = 0; slot < slots; slot++) {
    const level = levelOf(slot);
    if (level == NONE) continue;
    live++;
    if (level > MAX_LEVEL || !isSoundTower(slot, level)) return false;
  }
  if (live != read(COUNT)) return false;
  for (let slot: u32 = 0; slot < slots; slot++) if (levelOf(slot) != NONE && !hasSoundLinks(slot)) return false;
  return isSoundEntry() && hasSoundFreeSlots() && hasSoundFreeTowers();
}

function isSoundTower(slot: u32, level: u32): bool {
  let block = load<u32>(nodeAt(slot), TOWER);
  for (let at: u32 = 0; at < level; at++) {
    if (block >= read(TOWERS)) return false;
    block = load<u32>(towerAt(block), ABOVE);
  }
  return block == NONE;
}

function hasSoundLinks(slot: u32): bool {
  const node = nodeAt(slot);
  const level = load<u32>(node, LEVEL);
  if (!leadSomewhere(node + BASE_LINKS, 0)) return false;
  let block = load<u32>(node, TOWER);
  for (let at: u32 = 1; at <= level; at++) {
    if (!leadSomewhere(towerAt(block) + TOWER_LINKS, at)) return false;
    block = load<u32>(towerAt(block), ABOVE);
  }
  return true;
}

function leadSomewhere(links: usize, level: u32): bool {
  const count = load<u32>(links);
  if (count > placesAt(level)) return false;
  for (let i: u32 = 0; i < count; i++) {
    const neighbor = linkAt(links, i);
    if (neighbor >= read(SLOTS) || levelOf(neighbor) == NONE || levelOf(neighbor) < level) return false;
  }
  return true;
}

function isSoundEntry(): bool {
  const entry = read(ENTRY);
  if (read(COUNT) == 0) return entry == NONE && read(TOP) == 0;
  return entry < read(SLOTS) && levelOf(entry) == read(TOP);
}

function hasSoundFreeSlots(): bool {
  let free = read(SLOTS) - read(COUNT);
  let slot = read(FREE_SLOT);
  while (slot != NONE) {
    if (free-- == 0 || slot >= read(SLOTS) || levelOf(slot) != NONE) return false;
    slot = load<u32>(nodeAt(slot), TOWER);
  }
  return free == 0;
}

function hasSoundFreeTowers(): bool {
  let steps = read(TOWERS);
  let block = read(FREE_TOWER);
  while (block != NONE) {
    if (steps-- == 0 || block >= read(TOWERS)) return false;
    block = load<u32>(towerAt(block), ABOVE);
  }
  return true;
}
