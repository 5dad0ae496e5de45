/**
 * The greedy walk towards the query on one level, and the descent through the levels. The paper descends with a single
 * best node; a few are kept here, because in data that falls into tight clusters the single best node of a thin upper
 * level is often in the wrong one.
 */
import { ENTRY, NONE, SLOTS, TOP, read } from "./layout";
import { stampAt } from "./arena";
import { distanceTo } from "./distance";
import { clear, keyAt, keyOf, makeList, offer, setKey, setWidth, sizeOf } from "./list";
import { linkAt, linksOf } from "./nodes";

const DESCENT_WIDTH: u32 = 8;
const WALKED: u64 = 1;

/** The nearest slots found, as keys of slot * 2 + mark. */
export let beam: usize = 0;
export let capacity: u32 = 0;
let epoch: u32 = 0;

/** False when memory cannot grow. Doubles, since the former list is not given back. */
export function reserveBeam(width: u32): bool {
  if (width <= capacity) return true;
  const doubled = max(width, capacity << 1);
  const list = makeList(doubled);
  if (!list) return false;
  beam = list;
  capacity = doubled;
  return true;
}

export function slotOf(key: u64): u32 {
  return <u32>key >> 1;
}

/** Fills the beam with what the levels above `level` lead to, then gives it `width`. The graph is not empty. */
export function descendTo(level: u32, width: u32): void {
  clear(beam, min(DESCENT_WIDTH, capacity));
  const entry = read(ENTRY);
  offer(beam, keyOf(distanceTo(entry), entry << 1));
  for (let at = read(TOP); at > level; at--) walk(at);
  setWidth(beam, width);
}

/** Walks from every slot in the beam until none in it has been left out. */
export function walk(level: u32): void {
  beginEpoch();
  let cursor: u32 = 0;
  while (cursor < sizeOf(beam)) {
    const key = keyAt(beam, cursor);
    if (key & WALKED) {
      cursor++;
      continue;
    }
    setKey(beam, cursor, key | WALKED);
    cursor = min(cursor + 1, visitNeighbors(slotOf(key), level));
  }
}

/** The foremost place at which a neighbour entered the beam, or NONE. */
function visitNeighbors(slot: u32, level: u32): u32 {
  const links = linksOf(slot, level);
  const count = load<u32>(links);
  let foremost = NONE;
  for (let i: u32 = 0; i < count; i++) {
    const neighbor = linkAt(links, i);
    if (!firstVisit(neighbor)) continue;
    foremost = min(foremost, offer(beam, keyOf(distanceTo(neighbor), neighbor << 1)));
  }
  return foremost;
}

/** Whether this walk has not seen the slot before; now it has. */
export function firstVisit(slot: u32): bool {
  const stamp = stampAt(slot);
  if (load<u32>(stamp) == epoch) return false;
  store<u32>(stamp, epoch);
  return true;
}

/** From here on every slot counts as unseen. */
export function forgetVisits(): void {
  if (++epoch == 0) forgetStamps();
}

function beginEpoch(): void {
  forgetVisits();
  const size = sizeOf(beam);
  for (let i: u32 = 0; i < size; i++) {
    const key = keyAt(beam, i) & ~WALKED;
    setKey(beam, i, key);
    firstVisit(slotOf(key));
  }
}

// After four thousand million walks the numbers come round again.
function forgetStamps(): void {
  const slots = read(SLOTS);
  for (let slot: u32 = 0; slot < slots; slot++) store<u32>(stampAt(slot), 0);
  epoch = 1;
}
