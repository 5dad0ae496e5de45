/** Memory is taken from the end and never given back: an index that has shrunk is made small by save and open. */
import {
  ARENA, COUNT, SEGMENT_TABLE, TABLE_LENGTH, TOWER_SHIFT, TOWER_TABLE,
  mask, nodeStride, read, rowsOffset, segmentBytes, shift, stampsOffset, towerStride, vectorStride, vectorsOffset,
} from "./layout";

// One page short of 4 GiB, so that no address ever wraps.
const WALL: u64 = 0xffff0000;

let end: usize = ARENA;
let segments: u32 = 0;
export let towerSegments: u32 = 0;

/** An address of zeros, 64-aligned, or 0 when memory cannot grow. */
export function allocate(bytes: u64): usize {
  const start = (<u64>end + 63) & ~63;
  if (start + bytes > WALL) return 0;
  const held = <u64>memory.size() << 16;
  if (start + bytes > held && !grow(<u32>((start + bytes - held + 0xffff) >> 16))) return 0;
  end = <usize>(start + bytes);
  return <usize>start;
}

// An eighth more than asked, because engines that copy on growth would make many small steps quadratic.
function grow(pages: u32): bool {
  const roomy = max(pages, <u32>memory.size() >> 3);
  return memory.grow(roomy) >= 0 || memory.grow(pages) >= 0;
}

/** Makes room for that many more rows. False when memory cannot grow; what was there stays as it was. */
export function reserveSlots(rows: u32): bool {
  const wanted = <u64>read(COUNT) + rows;
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
    const segment = allocate(<u64>towerStride << TOWER_SHIFT);
    if (!segment) return false;
    store<u32>(TOWER_TABLE + (towerSegments++ << 2), segment);
  }
  return true;
}

// @ts-ignore: decorator
@inline
function segmentOf(slot: u32): usize {
  return load<u32>(SEGMENT_TABLE + ((slot >> shift) << 2));
}

export function nodeAt(slot: u32): usize {
  return segmentOf(slot) + (slot & mask) * nodeStride;
}

export function rowAt(slot: u32): usize {
  return segmentOf(slot) + rowsOffset + ((slot & mask) << 2);
}

export function stampAt(slot: u32): usize {
  return segmentOf(slot) + stampsOffset + ((slot & mask) << 2);
}

export function vectorAt(slot: u32): usize {
  return segmentOf(slot) + vectorsOffset + (slot & mask) * vectorStride;
}

export function towerAt(block: u32): usize {
  return load<u32>(TOWER_TABLE + ((block >> TOWER_SHIFT) << 2)) + (block & ((1 << TOWER_SHIFT) - 1)) * towerStride;
}
