/**
 * One search: a walk or a scan, then exact distances.
 *
 * The paper knows no filter. Here the walk goes through rows that are not allowed and collects those that are, and is
 * widened by how rare these are, so that what it collects are the nearest allowed ones. It would then look at about
 * width * m nodes: when fewer rows than that are allowed, measuring each of them costs less and misses none. A walk
 * that met fewer than k allowed rows is followed by that scan too.
 */
import { COUNT, FULL, LEVEL, LINKS, NONE, SLOTS, read } from "./layout";
import { nodeAt, allocate, rowAt } from "./arena";
import { exactDistanceTo } from "./distance";
import { clear, distanceOf, keyAt, keyOf, makeList, offer, sizeOf } from "./list";
import { beam, descendTo, reserveBeam, slotOf, walk } from "./walk";

let hits: usize = 0;
let capacity: u32 = 0;
export let hitRows: usize = 0;
export let hitDistances: usize = 0;

let bitmap: usize = 0;
let bitmapWords: u32 = 0;

/** Allows the rows of the bitmap; NONE for `words` allows all. */
export function setFilter(address: usize, words: u32): void {
  bitmap = address;
  bitmapWords = words;
}

/** How many hits lie at hitRows and hitDistances, or FULL. The query is set and so is the filter. */
export function find(k: u32, ef: u32): u32 {
  const allowed = bitmapWords == NONE ? read(COUNT) : countAllowed();
  const wanted = min(k, allowed);
  if (wanted == 0) return 0;
  const width = max(<u64>wanted, <u64>ef * read(COUNT) / allowed);
  const walks = width * read(LINKS) < allowed;
  if (!reserveHits(wanted) || (walks && !reserveBeam(<u32>width))) return FULL;
  clear(hits, wanted);
  if (walks) collectByWalk(<u32>width);
  if (sizeOf(hits) < wanted) collectByScan(wanted);
  unpack();
  return sizeOf(hits);
}

function collectByWalk(width: u32): void {
  descendTo(0, width);
  walk(0);
  const size = sizeOf(beam);
  for (let i: u32 = 0; i < size; i++) {
    const slot = slotOf(keyAt(beam, i));
    if (isAllowed(load<u32>(rowAt(slot)))) offerSlot(slot);
  }
}

function collectByScan(wanted: u32): void {
  clear(hits, wanted);
  const slots = read(SLOTS);
  for (let slot: u32 = 0; slot < slots; slot++) {
    if (isAllowed(load<u32>(rowAt(slot))) && isLive(slot)) offerSlot(slot);
  }
}

function offerSlot(slot: u32): void {
  offer(hits, keyOf(exactDistanceTo(slot), load<u32>(rowAt(slot))));
}

function countAllowed(): u32 {
  const slots = read(SLOTS);
  let allowed: u32 = 0;
  for (let slot: u32 = 0; slot < slots; slot++) {
    if (isAllowed(load<u32>(rowAt(slot))) && isLive(slot)) allowed++;
  }
  return allowed;
}

function isLive(slot: u32): bool {
  return load<u32>(nodeAt(slot), LEVEL) != NONE;
}

function isAllowed(row: u32): bool {
  if (bitmapWords == NONE) return true;
  const word = row >> 5;
  return word < bitmapWords && ((load<u32>(bitmap + (word << 2)) >> (row & 31)) & 1) == 1;
}

function reserveHits(count: u32): bool {
  if (count <= capacity) return true;
  const doubled = max(count, capacity << 1);
  const list = makeList(doubled);
  const rows = allocate(<u64>doubled << 2);
  const distances = allocate(<u64>doubled << 2);
  if (!list || !rows || !distances) return false;
  hits = list;
  hitRows = rows;
  hitDistances = distances;
  capacity = doubled;
  return true;
}

function unpack(): void {
  const size = sizeOf(hits);
  for (let i: u32 = 0; i < size; i++) {
    const key = keyAt(hits, i);
    store<u32>(hitRows + (i << 2), <u32>key);
    store<f32>(hitDistances + (i << 2), distanceOf(key));
  }
}
