/**
 * Renumbers slots, so that nodes that a walk visits one after the other lie close together: a cache line or a page then holds
 * neighbours. The order is that of the tree of level 0, where a node's parent was near it. Nodes that
 * reach above level 0 come before all others: every search descends among these few, which then share few pages.
 */
import { ENTRY, FREE_SLOT, NONE, SETTLED, SLOTS, UPPER_BLOCKS, UPPER_LINKS, coarseBytes, exactBytes, nodeBytes, read, write } from "./layout";
import { borrow } from "../shared/memory";
import { coarseAt, exactAt, headAt, nodeAt, upperBlockAt } from "./arena";
import { degreeOf, isFree, linkAt, setLink, upperBlockOf } from "./nodes";
import { orderTree } from "./tree";

// Smaller graphs fit into a cache anyway.
const LEAST: u32 = 4096;

let order: usize = 0;
let places: usize = 0;
let spare: usize = 0;

/** Renumbers when a quarter as many rows were added since the last time as there were. */
export function settleIfDue(): bool {
  const settled = read(SETTLED);
  return read(SLOTS) >= LEAST && read(SLOTS) >= settled + (settled >> 2) && settle();
}

/** Renumbers all slots; free ones are dropped. False when there is no memory to work in; nothing was changed then. */
export function settle(): bool {
  const slots = read(SLOTS);
  order = borrow((<u64>slots << 3) + coarseBytes + nodeBytes + exactBytes);
  if (!order || read(ENTRY) == NONE) return false;
  places = order + (slots << 2);
  spare = places + (slots << 2);
  const live = orderTree(0, order);
  putTallFirst(live);
  addFree(live, slots);
  for (let i: u32 = 0; i < slots; i++) store<u32>(places + (load<u32>(order + (i << 2)) << 2), i);
  renameLinks(slots);
  moveSlots(slots);
  write(SLOTS, live);
  write(FREE_SLOT, NONE);
  write(SETTLED, live);
  return true;
}

/** Moves the slots that reach above level 0 to the front, in their former order. */
function putTallFirst(live: u32): void {
  memory.copy(places, order, live << 2);
  const tall = pick(live, 0, true);
  pick(live, tall, false);
}

/** Appends to the order, from `to` on, the slots in `places` that reach above level 0, or the others; answers its new end. */
function pick(live: u32, to: u32, isTall: bool): u32 {
  let end = to;
  for (let i: u32 = 0; i < live; i++) {
    const slot = load<u32>(places + (i << 2));
    if ((upperBlockOf(slot) != NONE) == isTall) store<u32>(order + (end++ << 2), slot);
  }
  return end;
}

function addFree(live: u32, slots: u32): void {
  let ordered = live;
  for (let slot: u32 = 0; slot < slots; slot++) if (isFree(slot)) store<u32>(order + (ordered++ << 2), slot);
}

function renameLinks(slots: u32): void {
  for (let slot: u32 = 0; slot < slots; slot++) if (!isFree(slot)) renameList(headAt(slot));
  const upperBlocks = read(UPPER_BLOCKS);
  for (let block: u32 = 0; block < upperBlocks; block++) renameList(upperBlockAt(block) + UPPER_LINKS);
  write(ENTRY, placeOf(read(ENTRY)));
}

function renameList(links: usize): void {
  const degree = degreeOf(links);
  for (let i: u32 = 0; i < degree; i++) setLink(links, i, placeOf(linkAt(links, i)));
}

@inline
function placeOf(slot: u32): u32 {
  return load<u32>(places + (slot << 2));
}

/** Moves slots along each cycle of the new order, with one slot kept aside. */
function moveSlots(slots: u32): void {
  for (let start: u32 = 0; start < slots; start++) {
    if (load<u32>(order + (start << 2)) == start) continue;
    copyOut(start);
    let to = start;
    for (let from = load<u32>(order + (to << 2)); from != start; from = load<u32>(order + (to << 2))) {
      copy(from, to);
      store<u32>(order + (to << 2), to);
      to = from;
    }
    copyIn(to);
    store<u32>(order + (to << 2), to);
  }
}

function copy(from: u32, to: u32): void {
  memory.copy(coarseAt(to), coarseAt(from), coarseBytes);
  memory.copy(nodeAt(to), nodeAt(from), nodeBytes);
  memory.copy(exactAt(to), exactAt(from), exactBytes);
}

function copyOut(slot: u32): void {
  memory.copy(spare, coarseAt(slot), coarseBytes);
  memory.copy(spare + coarseBytes, nodeAt(slot), nodeBytes);
  memory.copy(spare + coarseBytes + nodeBytes, exactAt(slot), exactBytes);
}

function copyIn(slot: u32): void {
  memory.copy(coarseAt(slot), spare, coarseBytes);
  memory.copy(nodeAt(slot), spare + coarseBytes, nodeBytes);
  memory.copy(exactAt(slot), spare + coarseBytes + nodeBytes, exactBytes);
}
