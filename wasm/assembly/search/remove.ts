/**
 * Removal, which the paper leaves out. A removed node is no hit from that moment, but its links are walked until a sixteenth
 * of all nodes are removed; then one sweep drops all of them (after FreshDiskANN): a node that had links to one may link to its
 * neighbours, by the usual rule. A sweep of many at once costs less for each, and leaves no dead ends and no lost slots.
 *
 * In the tree the nearest ancestor that stays becomes the parent of a node whose parent is dropped, so that there can be no
 * circle. A node that is left with few links is placed again by a walk.
 */
import {
  BUILD_WIDTH, COUNT, DEAD, ENTRY, FREE_SLOT, FREE_UPPER_BLOCK, MAX_PLACES, NONE, SETTLED, SLOTS, TOP, UPPER_BLOCKS, m, read, write,
} from "./layout";
import { allocate } from "../shared/memory";
import { probeBytes, probeSlot } from "./codes";
import { addCandidate, beginCandidates, beginChoice, endCandidates } from "./choose";
import { accept, takeRelatives, writeChoice } from "./link";
import {
  degreeOf, hasLink, isFree, isLive, levelOf, linkAt, linksOf, markRemoved, releaseSlot, setDegree, setLink, setParent,
} from "./nodes";
import { keyAt, sizeOf } from "../shared/pool";
import { hangFrom, hostBeside, hostUnder, isCrowded, makeRoot, parentAt, rootOf } from "./tree";
import { forgetVisits, isFirstVisit } from "./visits";
import { breakTiesFor, slotOf } from "./ties";
import { beam, descendTo, walk } from "./walk";

const SHARE: u32 = 4;
const FEWEST: u32 = 16;

let probe: usize = 0;

export function makeRemoveRoom(): bool {
  probe = allocate(probeBytes());
  return probe != 0;
}

/** Marks the slot as removed: it is no hit any more. */
export function remove(slot: u32): void {
  markRemoved(slot);
  if (read(COUNT) == 0) clearAll();
}

/** Sweeps when enough have been removed for it to pay. */
export function sweepIfDue(): void {
  if (read(DEAD) > FEWEST + (read(COUNT) >> SHARE)) sweep();
}

function clearAll(): void {
  write(SLOTS, 0);
  write(UPPER_BLOCKS, 0);
  write(DEAD, 0);
  write(TOP, 0);
  write(SETTLED, 0);
  write(ENTRY, NONE);
  write(FREE_SLOT, NONE);
  write(FREE_UPPER_BLOCK, NONE);
}

/** Takes all removed nodes out of the graph and frees their slots. */
export function sweep(): void {
  if (read(DEAD) == 0) return;
  for (let level = <i32>read(TOP); level >= 0; level--) sweepLevel(level);
  const slots = read(SLOTS);
  for (let slot: u32 = 0; slot < slots; slot++) if (!isFree(slot) && !isLive(slot)) releaseSlot(slot);
  write(DEAD, 0);
}

function sweepLevel(level: u32): void {
  const heir = isLive(rootOf(level)) ? rootOf(level) : firstLive(level);
  if (heir == NONE) {
    write(TOP, level - 1);
    return;
  }
  makeRoot(heir, level);
  if (level == read(TOP)) write(ENTRY, heir);
  const slots = read(SLOTS);
  for (let slot: u32 = 0; slot < slots; slot++) if (isOn(slot, level)) leaveDeadParent(slot, level);
  for (let slot: u32 = 0; slot < slots; slot++) if (isOn(slot, level)) mendLinks(slot, level);
  for (let slot: u32 = 0; slot < slots; slot++) if (isOn(slot, level)) findHost(slot, level);
  for (let slot: u32 = 0; slot < slots; slot++) if (isOn(slot, level)) placeAgain(slot, level);
}

function isOn(slot: u32, level: u32): bool {
  return isLive(slot) && (level == 0 || levelOf(slot) >= level);
}

function firstLive(level: u32): u32 {
  const slots = read(SLOTS);
  for (let slot: u32 = 0; slot < slots; slot++) if (isOn(slot, level)) return slot;
  return NONE;
}

/** The parent becomes the nearest live ancestor, which need not know of it yet. */
function leaveDeadParent(slot: u32, level: u32): void {
  let parent = parentAt(slot, level);
  if (isLive(parent)) return;
  while (!isLive(parent)) parent = parentAt(parent, level);
  setParent(linksOf(slot, level), parent);
}

/** Replaces links to removed nodes by the best of those that these linked to. */
function mendLinks(slot: u32, level: u32): void {
  const links = linksOf(slot, level);
  if (!hasDeadLink(links)) return;
  breakTiesFor(slot);
  probeSlot(probe, slot);
  forgetVisits();
  isFirstVisit(slot);
  beginCandidates(2 * MAX_PLACES);
  const degree = degreeOf(links);
  for (let i: u32 = 0; i < degree; i++) {
    const other = linkAt(links, i);
    if (!isFirstVisit(other)) continue;
    if (isLive(other)) addCandidate(probe, other);
    else addBehind(linksOf(other, level));
  }
  endCandidates(probe);
  dropDead(links);
  beginChoice();
  takeRelatives(slot, level);
  writeChoice(links, level);
}

// Removed children do not count.
function dropDead(links: usize): void {
  const degree = degreeOf(links);
  let kept: u32 = 0;
  for (let i: u32 = 0; i < degree; i++) if (isLive(linkAt(links, i))) setLink(links, kept++, linkAt(links, i));
  setDegree(links, kept);
}

function hasDeadLink(links: usize): bool {
  const degree = degreeOf(links);
  for (let i: u32 = 0; i < degree; i++) if (!isLive(linkAt(links, i))) return true;
  return false;
}

function addBehind(links: usize): void {
  const degree = degreeOf(links);
  for (let i: u32 = 0; i < degree; i++) {
    const other = linkAt(links, i);
    if (isLive(other) && isFirstVisit(other)) addCandidate(probe, other);
  }
}

/** Makes the parent, or a node under it that has room, link back. A node that was linked anyway may be a child too many. */
function findHost(slot: u32, level: u32): void {
  const parent = parentAt(slot, level);
  const isLinked = hasLink(linksOf(parent, level), slot);
  if (parent == slot || (isLinked && !isCrowded(parent, level))) return;
  const host = isLinked ? hostBeside(slot, parent, level) : hostUnder(parent, level);
  hangFrom(slot, host, level);
  accept(host, slot, level);
}

function placeAgain(slot: u32, level: u32): void {
  const links = linksOf(slot, level);
  if (degreeOf(links) >= m >> 1) return;
  breakTiesFor(slot);
  probeSlot(probe, slot);
  descendTo(probe, level, read(BUILD_WIDTH));
  walk(probe, level);
  beginCandidates(2 * MAX_PLACES);
  for (let i: u32 = 0; i < sizeOf(beam); i++) {
    const other = slotOf(keyAt(beam, i));
    if (other != slot) addCandidate(probe, other);
  }
  endCandidates(probe);
  beginChoice();
  takeRelatives(slot, level);
  writeChoice(links, level);
  for (let i: u32 = 1; i < degreeOf(links); i++) accept(linkAt(links, i), slot, level);
}
