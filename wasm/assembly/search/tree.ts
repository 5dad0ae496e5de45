/**
 * The tree in every level. Each node has a parent, its first link, and that parent links back; a level's first
 * node is its own parent. Pruning drops neither link, so that a level is one tree with shortcuts, and every node is
 * reachable from every other. The paper does not guarantee that: there a node is lost when others prune their links to it.
 */
import { ENTRY, SLOTS, placesAt, read } from "./layout";
import { append, degreeOf, hasLink, linkAt, linksOf, parentOf, setLink, setParent } from "./nodes";

@inline
export function isChild(slot: u32, parent: u32, level: u32): bool {
  return slot != parent && parentOf(linksOf(slot, level)) == parent;
}

/** Children take half of the places at most; the rest is for the graph's links. */
export function hasRoomForChild(slot: u32, level: u32): bool {
  const most = placesAt(level) >> 1;
  return degreeOf(linksOf(slot, level)) <= most || countChildren(slot, level) < most;
}

/** Whether the node has more children than it may. A node that was made root has one more, its former parent. */
export function isCrowded(slot: u32, level: u32): bool {
  const most = (placesAt(level) >> 1) + u32(parentAt(slot, level) == slot);
  return degreeOf(linksOf(slot, level)) > most && countChildren(slot, level) > most;
}

function countChildren(slot: u32, level: u32): u32 {
  const links = linksOf(slot, level);
  const degree = degreeOf(links);
  let children: u32 = 0;
  for (let i: u32 = 0; i < degree; i++) if (isChild(linkAt(links, i), slot, level)) children++;
  return children;
}

/** `slot`, or the nearest below it that can have one more child. */
export function hostUnder(slot: u32, level: u32): u32 {
  let host = slot;
  while (!hasRoomForChild(host, level)) host = lastChildBut(host, host, level);
  return host;
}

/** A node under `parent` that can take `slot` as a child; `parent` has other children than `slot`. */
export function hostBeside(slot: u32, parent: u32, level: u32): u32 {
  return hostUnder(lastChildBut(slot, parent, level), level);
}

// Goes by the child that was linked last, since the newest branches have the fewest nodes.
function lastChildBut(left: u32, slot: u32, level: u32): u32 {
  const links = linksOf(slot, level);
  for (let i = <i32>degreeOf(links) - 1; i >= 0; i--) {
    const other = linkAt(links, i);
    if (other != left && isChild(other, slot, level)) return other;
  }
  return slot;
}

/** The root of the level's tree. The level is not empty. */
export function rootOf(level: u32): u32 {
  let slot = read(ENTRY);
  for (let parent = parentAt(slot, level); parent != slot; parent = parentAt(slot, level)) slot = parent;
  return slot;
}

@inline
export function parentAt(slot: u32, level: u32): u32 {
  return parentOf(linksOf(slot, level));
}

/** Makes `heir` the root of the level's tree: the links from there up to the root are reversed. */
export function makeRoot(heir: u32, level: u32): void {
  let slot = heir;
  let above = parentAt(heir, level);
  if (above == heir) return;
  hangFrom(heir, heir, level);
  while (true) {
    const next = parentAt(above, level);
    setParent(linksOf(above, level), slot);
    if (next == above) break;
    slot = above;
    above = next;
  }
}

/** Makes `parent` the first link. The former first one stays, unless all others are children, which are never dropped. */
export function hangFrom(slot: u32, parent: u32, level: u32): void {
  const links = linksOf(slot, level);
  const former = parentOf(links);
  setParent(links, parent);
  if (hasLink(links, former)) return;
  if (degreeOf(links) < placesAt(level)) append(links, former);
  else replaceStranger(slot, former, level);
}

function replaceStranger(slot: u32, comer: u32, level: u32): void {
  const links = linksOf(slot, level);
  let i = degreeOf(links) - 1;
  while (i > 0 && isChild(linkAt(links, i), slot, level)) i--;
  if (i > 0) setLink(links, i, comer);
}

/** Visits the level's tree from the root down, children in the order of their links; answers how many there are. */
export function orderTree(level: u32, order: usize): u32 {
  return orderUnder(rootOf(level), level, order);
}

// `order` holds the visited slots at its front and the pending ones at its back, so that it never needs more than all slots.
function orderUnder(root: u32, level: u32, order: usize): u32 {
  const slots = read(SLOTS);
  let visited: u32 = 0;
  let waiting: u32 = slots;
  store<u32>(order + (--waiting << 2), root);
  while (waiting < slots) {
    const slot = load<u32>(order + (waiting++ << 2));
    store<u32>(order + (visited++ << 2), slot);
    const links = linksOf(slot, level);
    for (let i = <i32>degreeOf(links) - 1; i >= 0; i--) {
      const child = linkAt(links, i);
      if (!isChild(child, slot, level)) continue;
      if (waiting <= visited) return NONE_VISITED;
      store<u32>(order + (--waiting << 2), child);
    }
  }
  return visited;
}

/** Answered when the links are no tree. */
export const NONE_VISITED: u32 = 0;
