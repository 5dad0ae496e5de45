/**
 * What the module offers. Whoever calls checks what comes in: vectors are whole, finite and not zero, a row is added
 * only when absent, a slot removed only when taken. Everything here either does all of its work or answers FULL.
 */
import {
  BUILD_WIDTH, DIMENSIONS, ENTRY, FREE_SLOT, FREE_TOWER, FULL, HEADER, LINKS, NONE, RANDOM, TOWER_SHIFT,
  align, computeStrides, nodeStride, read, shift, towerStride, vectorStride, write,
} from "./layout";
import { allocate, nodeAt, reserveSlots, reserveTowers, rowAt, towerAt, vectorAt } from "./arena";
import { makeQueryRoom, setQuery } from "./distance";
import { makeChoiceRoom, place } from "./insert";
import { makeRing } from "./link";
import { mix } from "./hash";
import { linksOf, levelOf } from "./nodes";
import { find, setFilter } from "./query";
import { makeMendRoom, take } from "./remove";
import { reserveBeam } from "./walk";

export { beginHash, endHash } from "./hash";
export { hitDistances, hitRows } from "./query";
export { isSound } from "./verify";

const OK: u32 = 0;

// Removal looks as far round as the beam is wide.
const LEAST_BEAM: u32 = 256;

let staging: usize = 0;
let stagingBytes: u32 = 0;

/** Once, before all else. Dimensions 1..65536, m 2..64. */
export function configure(dimensions: u32, m: u32, buildWidth: u32, seed: u32): u32 {
  write(DIMENSIONS, dimensions);
  write(LINKS, m);
  write(BUILD_WIDTH, buildWidth);
  store<u64>(HEADER, seed, RANDOM);
  write(ENTRY, NONE);
  write(FREE_SLOT, NONE);
  write(FREE_TOWER, NONE);
  computeStrides(dimensions, m);
  const made = makeQueryRoom() && makeChoiceRoom() && makeRing() && makeMendRoom() && reserveBeam(max(buildWidth, LEAST_BEAM));
  return made ? OK : FULL;
}

/** The address at which the caller may write that many bytes until it stages again, or 0 when memory cannot grow. */
export function stage(bytes: u32): usize {
  if (bytes > stagingBytes) {
    const doubled = max(bytes, stagingBytes << 1);
    const room = allocate(doubled);
    if (!room) return 0;
    staging = room;
    stagingBytes = doubled;
  }
  return staging;
}

/** Room for that many rows more than there are. */
export function reserve(rows: u32): u32 {
  return reserveSlots(rows) ? OK : FULL;
}

/** Adds staged vector number `index` as `row`; answers its slot. */
export function insert(row: u32, index: u32): u32 {
  return place(row, staging + (index * read(DIMENSIONS) << 2));
}

export function remove(slot: u32): void {
  take(slot);
}

/** Staged: the query, then from the next multiple of 16 bytes the bitmap's words. NONE words: every row is allowed. */
export function search(k: u32, ef: u32, words: u32): u32 {
  setQuery(staging);
  setFilter(staging + align(read(DIMENSIONS) << 2, 16), words);
  return find(k, ef);
}

export function hashStaged(bytes: u32): void {
  mix(staging, bytes);
}

/** For filling an empty index from a snapshot: room for that many slots and tower blocks. */
export function reserveAll(slots: u32, towers: u32): u32 {
  return reserveSlots(slots) && reserveTowers(towers) ? OK : FULL;
}

/** The arrays a snapshot is made of: 0 nodes, 1 rows, 2 vectors, 3 tower blocks. */
export function itemAddress(array: u32, item: u32): usize {
  if (array == 0) return nodeAt(item);
  if (array == 1) return rowAt(item);
  return array == 2 ? vectorAt(item) : towerAt(item);
}

export function itemBytes(array: u32): u32 {
  if (array == 0) return nodeStride;
  if (array == 1) return 4;
  return array == 2 ? vectorStride : towerStride;
}

/** How many items follow each other without a gap, counted from a multiple of that number. */
export function itemRun(array: u32): u32 {
  return array == 3 ? 1 << TOWER_SHIFT : 1 << shift;
}

/** NONE for a free slot. */
export function slotLevel(slot: u32): u32 {
  return levelOf(slot);
}

export function slotLinks(slot: u32, level: u32): usize {
  return linksOf(slot, level);
}
