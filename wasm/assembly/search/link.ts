/**
 * Links, and which of them a full node gives up.
 *
 * The paper's links are one-way once a full node has pruned: a node can lose every link that leads to it, and removing
 * one means searching the whole graph for those that point at it. Here a link always has both directions, and is
 * dropped only while its two ends keep a common neighbour. So a level that was connected stays connected, an outlier
 * keeps at least half its links, and removal knows all it has to mend.
 */
import { LINKS, read } from "./layout";
import { degreeOf, linkAt, linksOf, placesAt } from "./nodes";
import { distanceBetween } from "./distance";
import { clear, distanceOf, keyAt, keyOf, makeList, offer, sizeOf } from "./list";

let ring: usize = 0;

export function makeRing(): bool {
  ring = makeList(placesAt(0));
  return ring != 0;
}

export function isLinked(a: u32, b: u32, level: u32): bool {
  const links = linksOf(a, level);
  const count = load<u32>(links);
  for (let i: u32 = 0; i < count; i++) if (linkAt(links, i) == b) return true;
  return false;
}

export function isFull(slot: u32, level: u32): bool {
  return degreeOf(slot, level) == placesAt(level);
}

/** Both have a free place and are not linked yet. */
export function link(a: u32, b: u32, level: u32): void {
  append(linksOf(a, level), b);
  append(linksOf(b, level), a);
}

export function unlink(a: u32, b: u32, level: u32): void {
  erase(linksOf(a, level), b);
  erase(linksOf(b, level), a);
}

function append(links: usize, slot: u32): void {
  const count = load<u32>(links);
  store<u32>(links + (count << 2), slot, 4);
  store<u32>(links, count + 1);
}

function erase(links: usize, slot: u32): void {
  const last = load<u32>(links) - 1;
  let i: u32 = 0;
  while (linkAt(links, i) != slot) i++;
  store<u32>(links + (i << 2), linkAt(links, last), 4);
  store<u32>(links, last);
}

/**
 * Frees a place at `full` for `comer`. Gives up the farthest neighbour that a nearer one already leads to; without such
 * a one, the farthest that can be spared. False when `comer` itself is the one to do without.
 */
export function makeRoom(full: u32, comer: u32, level: u32): bool {
  rankNeighbors(full, level);
  const reach = distanceBetween(full, comer);
  const needed = !isCovered(comer, reach, sizeOf(ring));
  let spare = -1;
  for (let i = <i32>sizeOf(ring) - 1; i >= 0; i--) {
    const far = distanceOf(keyAt(ring, i));
    if (far <= reach && !needed) break;
    const neighbor = <u32>keyAt(ring, i);
    if (degreeOf(neighbor, level) <= read(LINKS) >> 1 || !hasDetour(full, neighbor, comer, level)) continue;
    if (isCovered(neighbor, far, i) || distanceBetween(comer, neighbor) <= far) return giveUp(full, neighbor, level);
    if (far > reach && spare < 0) spare = i;
  }
  return spare >= 0 && giveUp(full, <u32>keyAt(ring, spare), level);
}

/** Frees a place at `full` whatever `comer` is worth, if any neighbour can be spared at all. */
export function forceRoom(full: u32, comer: u32, level: u32): bool {
  rankNeighbors(full, level);
  for (let i = <i32>sizeOf(ring) - 1; i >= 0; i--) {
    const neighbor = <u32>keyAt(ring, i);
    if (hasDetour(full, neighbor, comer, level)) return giveUp(full, neighbor, level);
  }
  return false;
}

/** Puts `comer` into the middle of one of `full`'s links: degrees stay, and so does every path. */
export function splice(full: u32, comer: u32, level: u32): void {
  rankNeighbors(full, level);
  const far = <u32>keyAt(ring, sizeOf(ring) - 1);
  unlink(full, far, level);
  link(full, comer, level);
  link(far, comer, level);
}

function giveUp(full: u32, neighbor: u32, level: u32): bool {
  unlink(full, neighbor, level);
  return true;
}

function rankNeighbors(slot: u32, level: u32): void {
  const links = linksOf(slot, level);
  const count = load<u32>(links);
  clear(ring, count);
  for (let i: u32 = 0; i < count; i++) {
    const neighbor = linkAt(links, i);
    offer(ring, keyOf(distanceBetween(slot, neighbor), neighbor));
  }
}

/** Whether one of the nearest `among` neighbours is nearer to `subject` than the node, `far` away, itself is. */
function isCovered(subject: u32, far: f32, among: u32): bool {
  for (let i: u32 = 0; i < among; i++) {
    const key = keyAt(ring, i);
    if (distanceOf(key) > far) return false;
    if (distanceBetween(<u32>key, subject) <= far) return true;
  }
  return false;
}

/** Whether `a` and `b` stay joined without their link, `comer` counting as linked to `a` already. */
function hasDetour(a: u32, b: u32, comer: u32, level: u32): bool {
  if (isLinked(comer, b, level)) return true;
  const links = linksOf(a, level);
  const count = load<u32>(links);
  for (let i: u32 = 0; i < count; i++) {
    const between = linkAt(links, i);
    if (between != b && isLinked(b, between, level)) return true;
  }
  return false;
}
