/** Where slots and tower blocks lie, and room for more of them. */
import {
  COUNT, DEAD, MAX_SLOTS, SEGMENT_TABLE, TABLE_LENGTH, TOWER_SHIFT, TOWER_TABLE,
  HEAD, ROW, exactBytes, exactOffset, lookBytes, mask, nodeBytes, nodesOffset, read, segmentBytes, shift, towerBytes,
} from "./layout";
import { allocate } from "../shared/memory";

let segments: u32 = 0;
let towerSegments: u32 = 0;

/** Makes room for that many more rows. False when memory cannot grow; what was there stays as it was. */
export function reserveSlots(rows: u32): bool {
  const wanted = <u64>read(COUNT) + read(DEAD) + rows;
  if (wanted > MAX_SLOTS) return false;
  while (<u64>segments << shift < wanted) {
    if (segments == TABLE_LENGTH) return false;
    const segment = allocate(segmentBytes);
    if (!segment) return false;
    store<u32>(SEGMENT_TABLE + (segments++ << 2), segment);
  }
  return true;
}

/** Makes room for that many tower blocks in all. */
export function reserveTowers(blocks: u32): bool {
  while (<u64>towerSegments << TOWER_SHIFT < blocks) {
    if (towerSegments == TABLE_LENGTH) return false;
    const segment = allocate(<u64>towerBytes << TOWER_SHIFT);
    if (!segment) return false;
    store<u32>(TOWER_TABLE + (towerSegments++ << 2), segment);
  }
  return true;
}

@inline
function segmentOf(slot: u32): usize {
  return load<u32>(SEGMENT_TABLE + ((slot >> shift) << 2));
}

@inline
export function lookAt(slot: u32): usize {
  return segmentOf(slot) + (slot & mask) * lookBytes;
}

@inline
export function nodeAt(slot: u32): usize {
  return segmentOf(slot) + nodesOffset + (slot & mask) * nodeBytes;
}

@inline
export function headAt(slot: u32): usize {
  return nodeAt(slot) + HEAD;
}

@inline
export function rowAt(slot: u32): usize {
  return nodeAt(slot) + ROW;
}

@inline
export function exactAt(slot: u32): usize {
  return segmentOf(slot) + exactOffset + (slot & mask) * exactBytes;
}

@inline
export function towerAt(block: u32): usize {
  return load<u32>(TOWER_TABLE + ((block >> TOWER_SHIFT) << 2)) + (block & ((1 << TOWER_SHIFT) - 1)) * towerBytes;
}
