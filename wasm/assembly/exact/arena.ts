/** Addresses of slots, and memory for more of them. */
import {
  BIASES, BIT, BLOCK, CODES, ROWS, SCALES, SEGMENT_TABLE, TABLE_LENGTH,
  align, biasesOffset, codeBytes, codeKind, codesOffset, count, hasBiases, hasScales, mask, originalBytes, originalsOffset,
  scalesOffset, segmentBytes, shift,
} from "./layout";
import { allocate } from "../shared/memory";

let segments: u32 = 0;

/** Makes room for that many more rows. False when memory cannot grow; what was there stays as it was. */
export function reserveSlots(rows: u32): bool {
  const needed = <u64>count() + rows;
  while (<u64>segments << shift < needed) {
    if (segments == TABLE_LENGTH) return false;
    const segment = allocate(segmentBytes);
    if (!segment) return false;
    store<u32>(SEGMENT_TABLE + (segments++ << 2), <u32>segment);
  }
  return true;
}

@inline
function segmentOf(slot: u32): usize {
  return load<u32>(SEGMENT_TABLE + ((slot >> shift) << 2));
}

@inline
export function rowAt(slot: u32): usize {
  return segmentOf(slot) + ((slot & mask) << 2);
}

@inline
export function scaleAt(slot: u32): usize {
  return rowAt(slot) + scalesOffset;
}

@inline
export function biasAt(slot: u32): usize {
  return rowAt(slot) + biasesOffset;
}

@inline
export function codeAt(slot: u32): usize {
  return segmentOf(slot) + codesOffset + (slot & mask) * codeBytes;
}

/** The block of bit codes that holds the slot. */
@inline
export function blockAt(slot: u32): usize {
  return codeAt(slot & ~(BLOCK - 1));
}

@inline
export function originalAt(slot: u32): usize {
  return segmentOf(slot) + originalsOffset + (slot & mask) * originalBytes;
}

/** The slot `from` moves to `to`. */
export function moveSlot(from: u32, to: u32): void {
  store<u32>(rowAt(to), load<u32>(rowAt(from)));
  if (hasScales) store<f32>(scaleAt(to), load<f32>(scaleAt(from)));
  if (hasBiases) store<f32>(biasAt(to), load<f32>(biasAt(from)));
  if (codeKind == BIT) moveBits(from, to);
  else memory.copy(codeAt(to), codeAt(from), codeBytes);
  memory.copy(originalAt(to), originalAt(from), originalBytes);
}

function moveBits(from: u32, to: u32): void {
  const source = blockAt(from) + (from & (BLOCK - 1));
  const target = blockAt(to) + (to & (BLOCK - 1));
  for (let byte: u32 = 0; byte < codeBytes; byte++) store<u8>(target + byte * BLOCK, load<u8>(source + byte * BLOCK));
}

/** A free slot's share of a block is zero, so that equal contents make equal snapshots. */
export function clearBits(slot: u32): void {
  const place = blockAt(slot) + (slot & (BLOCK - 1));
  for (let byte: u32 = 0; byte < codeBytes; byte++) store<u8>(place + byte * BLOCK, 0);
}

/** Bytes a slot takes in a plane; 0 when there is none. */
export function strideOf(plane: u32): u32 {
  if (plane == ROWS) return 4;
  if (plane == SCALES) return hasScales ? 4 : 0;
  if (plane == BIASES) return hasBiases ? 4 : 0;
  return plane == CODES ? codeBytes : originalBytes;
}

/** Slots of a plane that count, whole blocks of bit codes included. */
export function slotsOf(plane: u32): u32 {
  return plane == CODES && codeKind == BIT ? align(count(), BLOCK) : count();
}

export function planeAt(plane: u32, slot: u32): usize {
  if (plane == ROWS) return rowAt(slot);
  if (plane == SCALES) return scaleAt(slot);
  if (plane == BIASES) return biasAt(slot);
  return plane == CODES ? codeAt(slot) : originalAt(slot);
}
