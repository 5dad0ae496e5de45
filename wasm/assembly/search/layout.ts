/**
 * Where everything lies in the module's memory. Nothing here is managed: memory is only ever taken from its end, so it
 * starts as zeros and never moves, and a segment that could not be taken leaves everything before it whole.
 *
 *   1024     header block, 128 bytes: the state that outlives the process; a snapshot begins with these very bytes
 *   2048     segment table, 16384 addresses   \  slot s lies in segment s >> shift, at s & mask
 *   67584    tower table, 16384 addresses     /  tower block t in tower segment t >> 10
 *   133120   scratch, lists, staging, segments in the order in which they were asked for
 *
 * A segment holds 2^shift slots as four arrays, the hot one first:
 *
 *   nodes    16 bytes of facts, links of level 0 (count, then 2m places), codes u7 (one byte a dimension)
 *   rows     u32, the caller's number of the slot
 *   stamps   u32, the walk that last saw the slot; not saved
 *   vectors  f32 originals, padded to 16 bytes, for exact final distances
 *
 * A tower block holds one node's links on one level above 0: the next block up, count, m places.
 */
export const HEADER: usize = 1024;
export const HEADER_BYTES: u32 = 128;
export const SEGMENT_TABLE: usize = 2048;
export const TOWER_TABLE: usize = 67584;
export const ARENA: usize = 133120;
export const TABLE_LENGTH: u32 = 16384;

/** Offsets in the header block. Magic, version and checksum (0, 4, 8) belong to whoever saves. */
export const DIMENSIONS: u32 = 16;
export const LINKS: u32 = 20;
export const BUILD_WIDTH: u32 = 24;
export const RANDOM: u32 = 32;
export const SLOTS: u32 = 40;
export const COUNT: u32 = 44;
export const TOWERS: u32 = 48;
export const ENTRY: u32 = 52;
export const TOP: u32 = 56;
export const FREE_SLOT: u32 = 60;
export const FREE_TOWER: u32 = 64;

/** Offsets in a node. A free slot has level NONE and keeps the next free one where a node keeps its tower. */
export const LEVEL: u32 = 0;
export const SCALE: u32 = 4;
export const SUM: u32 = 8;
export const TOWER: u32 = 12;
export const BASE_LINKS: u32 = 16;

/** Offsets in a tower block. */
export const ABOVE: u32 = 0;
export const TOWER_LINKS: u32 = 4;

export const NONE: u32 = 0xffffffff;
export const MAX_LEVEL: u32 = 15;
export const TOWER_SHIFT: u32 = 10;

/** What an export answers when memory cannot grow. Nothing was changed then. */
export const FULL: u32 = 0xffffffff;

export let shift: u32 = 0;
export let mask: u32 = 0;
export let codesOffset: u32 = 0;
export let codeBytes: u32 = 0;
export let nodeStride: u32 = 0;
export let vectorStride: u32 = 0;
export let towerStride: u32 = 0;
export let rowsOffset: u32 = 0;
export let stampsOffset: u32 = 0;
export let vectorsOffset: u32 = 0;
export let segmentBytes: u32 = 0;

// Small enough that an empty index costs a tab little, large enough that 4 GiB need no more than TABLE_LENGTH of them.
const SEGMENT_TARGET: u32 = 512 * 1024;

export function align(bytes: u32, to: u32): u32 {
  return (bytes + to - 1) & ~(to - 1);
}

export function read(offset: u32): u32 {
  return load<u32>(HEADER + offset);
}

export function write(offset: u32, value: u32): void {
  store<u32>(HEADER + offset, value);
}

export function computeStrides(dimensions: u32, m: u32): void {
  codesOffset = align(BASE_LINKS + 4 + 8 * m, 16);
  codeBytes = align(dimensions, 16);
  nodeStride = codesOffset + codeBytes;
  vectorStride = align(dimensions * 4, 16);
  towerStride = align(TOWER_LINKS + 4 + 4 * m, 8);
  const slotBytes = nodeStride + 8 + vectorStride;
  shift = 4;
  while ((slotBytes << (shift + 1)) <= SEGMENT_TARGET) shift++;
  mask = (1 << shift) - 1;
  rowsOffset = nodeStride << shift;
  stampsOffset = rowsOffset + (4 << shift);
  vectorsOffset = stampsOffset + (4 << shift);
  segmentBytes = slotBytes << shift;
}
