/** Memory as a snapshot reads it: segments of coarse records, nodes and originals, and segments of upper blocks. */
import { FULL, NONE, UPPER_SHIFT, coarseBytes, exactBytes, nodeBytes, shift, upperBytes } from "./layout";
import { coarseAt, exactAt, nodeAt, reserveSlots, reserveUpperBlocks, upperBlockAt } from "./arena";
import { isFree, isLive, levelOf, linksOf } from "./nodes";
import { reserveVisits } from "./visits";

/** The arrays a snapshot is made of: 0 nodes, 1 originals, 2 upper blocks, 3 coarse records. */
export function itemAddress(array: u32, item: u32): usize {
  if (array == 0) return nodeAt(item);
  if (array == 1) return exactAt(item);
  return array == 2 ? upperBlockAt(item) : coarseAt(item);
}

export function itemBytes(array: u32): u32 {
  if (array == 0) return nodeBytes;
  if (array == 1) return exactBytes;
  return array == 2 ? upperBytes : coarseBytes;
}

/** How many items follow each other without a gap, counted from a multiple of that number. */
export function itemRun(array: u32): u32 {
  return array == 2 ? 1 << UPPER_SHIFT : 1 << shift;
}

/** Makes room for that many slots and upper blocks, before an empty index is filled from a snapshot. */
export function reserveAll(slots: u32, upperBlocks: u32): u32 {
  return reserveSlots(slots) && reserveUpperBlocks(upperBlocks) && reserveVisits(slots) ? 0 : FULL;
}

/** The highest level of a slot in the graph, NONE for a free one. */
export function slotLevel(slot: u32): u32 {
  return isFree(slot) ? NONE : levelOf(slot);
}

/** Whether the slot holds a row: neither free nor removed. */
export function holdsRow(slot: u32): u32 {
  return isLive(slot) ? 1 : 0;
}

export function slotLinks(slot: u32, level: u32): usize {
  return linksOf(slot, level);
}
