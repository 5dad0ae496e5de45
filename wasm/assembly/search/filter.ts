/**
 * Walking where only some rows are allowed, which the paper does not know. On level 0 only allowed nodes enter the beam,
 * but for those that the descent brought; through a neighbour that is not allowed the walk looks at the neighbours of that
 * one (after ACORN), so that the allowed ones stay connected as long as they are not too few. When they are, whoever asks
 * measures each of them instead.
 */
import { SLOTS, read } from "./layout";
import { headAt, rowAt } from "./arena";
import { degreeOf, isLive, linkAt } from "./nodes";
import { isFirstVisit } from "./visits";

export let isFiltered: bool = false;
let bitmap: usize = 0;
let words: u32 = 0;

/** Allows the rows of the bitmap from now on. */
export function allowOnly(address: usize, count: u32): void {
  isFiltered = true;
  bitmap = address;
  words = count;
}

export function allowAll(): void {
  isFiltered = false;
}

export function isAllowed(slot: u32): bool {
  const row = load<u32>(rowAt(slot));
  const word = row >> 5;
  return word < words && ((load<u32>(bitmap + (word << 2)) >> (row & 31)) & 1) == 1 && isLive(slot);
}

/** Writes up to `most` allowed slots that this walk has not seen to `target`. */
export function gatherAllowed(links: usize, target: usize, most: u32): u32 {
  const degree = degreeOf(links);
  let count: u32 = 0;
  for (let i: u32 = 0; i < degree && count < most; i++) {
    const slot = linkAt(links, i);
    if (!isFirstVisit(slot)) continue;
    if (isAllowed(slot)) store<u32>(target + (count++ << 2), slot);
    else count = gatherBeyond(slot, target, count, most);
  }
  return count;
}

function gatherBeyond(slot: u32, target: usize, from: u32, most: u32): u32 {
  const links = headAt(slot);
  const degree = degreeOf(links);
  let count = from;
  for (let i: u32 = 0; i < degree && count < most; i++) {
    const other = linkAt(links, i);
    if (!isAllowed(other) || !isFirstVisit(other)) continue;
    store<u32>(target + (count++ << 2), other);
  }
  return count;
}

/** The first allowed slot from `start` on, round the end; the number of slots when there is none near. */
export function allowedFrom(start: u32, within: u32): u32 {
  const slots = read(SLOTS);
  for (let i: u32 = 0; i < min(within, slots); i++) {
    const slot = (start + i) % slots;
    if (isAllowed(slot)) return slot;
  }
  return slots;
}
