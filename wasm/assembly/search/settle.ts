/**
 * Slots numbered anew, so that what a walk visits one after the other lies close together: caches and pages then serve
 * whole neighbourhoods. The order is that of the tree of level 0, where a node hangs from one that was near. Nodes that
 * reach above level 0 come before all others: every search descends among these few, which then share few pages.
 */
import { ENTRY, FREE_SLOT, NONE, SETTLED, SLOTS, UPPER_BLOCKS, UPPER_LINKS, exactBytes, lookBytes, nodeBytes, read, write } from "./layout";
import { borrow } from "../shared/memory";
import { exactAt, headAt, lookAt, nodeAt, upperBlockAt } from "./arena";
import { degreeOf, isFree, linkAt, setLink, upperBlockOf } from "./nodes";
import { orderTree } from "./tree";

// Below this all fits into a cache anyway.
const LEAST: u32 = 4096;

let order: usize = 0;
let places: usize = 0;
let spare: usize = 0;

/** Settles when a quarter as many have come since the last time as there were. */
export function settleIfDue(): bool {
  const settled = read(SETTLED);
  return read(SLOTS) >= LEAST && read(SLOTS) >= settled + (settled >> 2) && settle();
}

/** Free slots go to the end and are forgotten. False when there is no memory to work in; nothing was changed then. */
export function settle(): bool {
  const slots = read(SLOTS);
  order = borrow((<u64>slots << 3) + lookBytes + nodeBytes + exactBytes);
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

/** Those that reach above level 0 go first, in the order that they have among each other. */
function putTallFirst(live: u32): void {
  memory.copy(places, order, live << 2);
  const tall = pick(live, 0, true);
  pick(live, tall, false);
}

/** Appends to the order, from `to` on, those in `places` that are tall, or those that are not; answers its new end. */
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

/** Goes round each circle of the new order with one slot in hand. */
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
  memory.copy(lookAt(to), lookAt(from), lookBytes);
  memory.copy(nodeAt(to), nodeAt(from), nodeBytes);
  memory.copy(exactAt(to), exactAt(from), exactBytes);
}

function copyOut(slot: u32): void {
  memory.copy(spare, lookAt(slot), lookBytes);
  memory.copy(spare + lookBytes, nodeAt(slot), nodeBytes);
  memory.copy(spare + lookBytes + nodeBytes, exactAt(slot), exactBytes);
}

function copyIn(slot: u32): void {
  memory.copy(lookAt(slot), spare, lookBytes);
  memory.copy(nodeAt(slot), spare + lookBytes, nodeBytes);
  memory.copy(exactAt(slot), spare + lookBytes + nodeBytes, exactBytes);
}
