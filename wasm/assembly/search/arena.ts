/** Addresses of slots and upper blocks, and memory for more of them. */
import {
  COUNT, DEAD, MAX_SLOTS, SEGMENT_TABLE, TABLE_LENGTH, UPPER_SHIFT, UPPER_TABLE,
  HEAD, ROW, coarseBytes, exactBytes, exactOffset, mask, nodeBytes, nodesOffset, read, segmentBytes, shift, upperBytes,
} from "./layout";
import { allocate } from "../shared/memory";

let segments: u32 = 0;
let upperSegments: u32 = 0;

/** Makes room for that many more rows. False when memory cannot grow; what was there stays as it was. */
export function reserveSlots(rows: u32): bool {
  const needed = <u64>read(COUNT) + read(DEAD) + rows;
  if (needed > MAX_SLOTS) return false;
  while (<u64>segments << shift < needed) {
    if (segments == TABLE_LENGTH) return false;
    const segment = allocate(segmentBytes);
    if (!segment) return false;
    store<u32>(SEGMENT_TABLE + (segments++ << 2), segment);
  }
  return true;
}

/** Makes room for that many upper blocks in all. */
export function reserveUpperBlocks(blocks: u32): bool {
  while (<u64>upperSegments << UPPER_SHIFT < blocks) {
    if (upperSegments == TABLE_LENGTH) return false;
    const segment = allocate(<u64>upperBytes << UPPER_SHIFT);
    if (!segment) return false;
    store<u32>(UPPER_TABLE + (upperSegments++ << 2), segment);
  }
  return true;
}

@inline
function segmentOf(slot: u32): usize {
  return load<u32>(SEGMENT_TABLE + ((slot >> shift) << 2));
}

@inline
export function coarseAt(slot: u32): usize {
  return segmentOf(slot) + (slot & mask) * coarseBytes;
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
export function upperBlockAt(block: u32): usize {
  return load<u32>(UPPER_TABLE + ((block >> UPPER_SHIFT) << 2)) + (block & ((1 << UPPER_SHIFT) - 1)) * upperBytes;
}
