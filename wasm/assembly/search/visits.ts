/**
 * Which slots a walk has seen: one byte a slot, the number of the walk that saw it last. The bytes lie in pages, so that
 * no memory is lost when more are needed. A table in memory holds the number of pages, then their addresses;
 * the leader of a pool makes the pages of all its members.
 */
import { allocate } from "../shared/memory";

const PAGE_SHIFT: u32 = 16;
const PAGE: u32 = 1 << PAGE_SHIFT;
const MOST_PAGES: u32 = 256;

let table: usize = 0;
let epoch: u32 = 0;

export function makeVisitRoom(): bool {
  table = makeVisitTable();
  return table != 0;
}

/** Makes a table without pages; 0 when memory cannot grow. */
export function makeVisitTable(): usize {
  return allocate(4 + (MOST_PAGES << 2));
}

/** Uses a table that the leader has made. */
export function useVisits(other: usize): void {
  table = other;
}

/** Makes pages for so many slots. False when memory cannot grow. */
export function reserveVisits(slots: u32): bool {
  return reservePages(table, slots);
}

export function reservePages(target: usize, slots: u32): bool {
  for (let pages = load<u32>(target); pages << PAGE_SHIFT < slots; pages++) {
    const page = allocate(PAGE);
    if (!page) return false;
    store<u32>(target + (pages << 2), page, 4);
    store<u32>(target, pages + 1);
  }
  return true;
}

/** From here on every slot counts as unseen. */
export function forgetVisits(): void {
  if (++epoch < 256) return;
  const pages = load<u32>(table);
  for (let page: u32 = 0; page < pages; page++) memory.fill(load<u32>(table + (page << 2), 4), 0, PAGE);
  epoch = 1;
}

/** Whether the slot was unseen; now it is seen. */
@inline
export function isFirstVisit(slot: u32): bool {
  const mark = load<u32>(table + ((slot >> PAGE_SHIFT) << 2), 4) + (slot & (PAGE - 1));
  const isNew = load<u8>(mark) != epoch;
  store<u8>(mark, <u8>epoch);
  return isNew;
}
