/**
 * Which rows are hits. A walk goes through all rows, since links through rows that are not allowed lead on too; only the rows
 * that it found are filtered. The caller chooses an `ef` large enough to find enough allowed rows.
 */
import { rowAt } from "./arena";
import { isLive } from "./nodes";

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

/** Whether the slot holds a row that is allowed. */
export function isHit(slot: u32): bool {
  return isLive(slot) && (!isFiltered || isAllowed(load<u32>(rowAt(slot))));
}

function isAllowed(row: u32): bool {
  const word = row >> 5;
  return word < words && ((load<u32>(bitmap + (word << 2)) >> (row & 31)) & 1) == 1;
}
