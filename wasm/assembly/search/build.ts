/**
 * Insertion in batches. The paper adds one node at a time, each walk seeing all earlier ones. Here links are proposed for
 * a whole batch first (every walk sees the graph as it was, and the others of the batch are measured one by one, so that none
 * is missed), then made. Proposals only read, so that threads can share them; the graph is the same.
 *
 * It differs further in that levels are drawn with whole numbers, the same on every machine.
 */
import {
  BATCH_COUNT, BATCH_LEVELS, BATCH_PLACES, BATCH_SLOTS, BUILD_WIDTH, COUNT, DEAD, ENTRY, EXACT, HALF, HEADER, MAX_LEVEL,
  NONE, PROPOSALS, RANDOM, SINGLE, TOP, WORK, dimensions, m, read, write,
} from "./layout";
import { allocate } from "../shared/memory";
import { exactAt, rowAt } from "./arena";
import { encodeSlot, pad, probeBytes, probeSlot } from "./codes";
import {
  addCandidate, beginChoice, candidates, choose, chosenAt, chosenCount, copyCandidates, endCandidates,
} from "./choose";
import { encodeHalf } from "../shared/half";
import { accept } from "./link";
import { append, degreeOf, linkAt, linksOf, raise, takeSlot } from "./nodes";
import { keyAt } from "../shared/pool";
import { hasRoomForChild, hostUnder, rootOf } from "./tree";
import { breakTiesFor, slotOf } from "./ties";
import { beam, descendTo, walk } from "./walk";

const LARGEST_BATCH: u32 = 128;
// A batch of more than a sixteenth of the graph would be placed by too few nodes.
const SHARE: u32 = 4;

let proposalWords: u32 = 0;
let probe: usize = 0;

/** Working memory of the leader of a build. */
export function makeBatchRoom(): bool {
  const slots = allocate(LARGEST_BATCH << 2);
  const levels = allocate(LARGEST_BATCH << 2);
  const places = allocate(LARGEST_BATCH << 2);
  setWork(BATCH_SLOTS, slots);
  setWork(BATCH_LEVELS, levels);
  setWork(BATCH_PLACES, places);
  return slots != 0 && levels != 0 && places != 0;
}

/** Working memory of each thread that proposes. */
export function makeBuildRoom(): bool {
  probe = allocate(probeBytes());
  return probe != 0;
}

@inline
export function work(offset: u32): u32 {
  return load<u32>(WORK + offset);
}

export function setWork(offset: u32, value: u32): void {
  store<u32>(WORK + offset, value);
}

/** How many of the rows that are `left` the next batch takes. */
export function batchSize(left: u32): u32 {
  return min(left, min(LARGEST_BATCH, max(1, (read(COUNT) + read(DEAD)) >> SHARE)));
}

/** Gives each row of the batch a slot, which takes the row's place. Room for slots and proposals was reserved. */
export function beginBatch(rows: usize, vectors: usize, count: u32): void {
  setWork(BATCH_COUNT, count);
  let words: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const slot = keep(load<u32>(rows + (i << 2)), vectors + (i * dimensions << 2));
    const drawn = drawLevel();
    const room = proposalWords / (m + 2) - words / (m + 2) - (count - i);
    const level = raise(slot, min(drawn, room));
    store<u32>(work(BATCH_SLOTS) + (i << 2), slot);
    store<u32>(work(BATCH_LEVELS) + (i << 2), level);
    store<u32>(work(BATCH_PLACES) + (i << 2), words);
    store<u32>(rows + (i << 2), slot);
    words += (level + 1) * (m + 2);
  }
}

/** Room for the proposals of a batch; a batch that draws more levels than fit into it, which is rare, is given lower ones. */
export function reserveProposals(): bool {
  const words = LARGEST_BATCH * 3 * (m + 2);
  if (words <= proposalWords) return true;
  const made = allocate(<u64>words << 2);
  if (!made) return false;
  setWork(PROPOSALS, made);
  proposalWords = words;
  return true;
}

function keep(row: u32, vector: usize): u32 {
  const slot = takeSlot();
  store<u32>(rowAt(slot), row);
  pad(vector);
  encodeSlot(slot);
  if (read(EXACT) == SINGLE) memory.copy(exactAt(slot), vector, dimensions << 2);
  if (read(EXACT) == HALF) keepHalves(exactAt(slot), vector);
  return slot;
}

function keepHalves(target: usize, vector: usize): void {
  for (let i: u32 = 0; i < dimensions; i++) store<u16>(target + (i << 1), encodeHalf(load<f32>(vector + (i << 2))));
}

@inline
function batchSlot(i: u32): u32 {
  return load<u32>(work(BATCH_SLOTS) + (i << 2));
}

@inline
function batchLevel(i: u32): u32 {
  return load<u32>(work(BATCH_LEVELS) + (i << 2));
}

/** A proposal contains, for each level: the nearest node that is not of the batch, the number of links, the links. */
@inline
function proposalOf(i: u32, level: u32): usize {
  return work(PROPOSALS) + ((load<u32>(work(BATCH_PLACES) + (i << 2)) + level * (m + 2)) << 2);
}

/** Finds the links of number `i` of the batch on each existing level. Writes only its proposal. */
export function propose(i: u32): void {
  const level = batchLevel(i);
  const from = min(level, read(TOP));
  for (let at = level; at > from; at--) store<u32>(proposalOf(i, at), 0, 4);
  if (read(ENTRY) == NONE) return;
  breakTiesFor(batchSlot(i));
  probeSlot(probe, batchSlot(i));
  descendTo(probe, from, read(BUILD_WIDTH));
  for (let at = <i32>from; at >= 0; at--) {
    walk(probe, at);
    proposeOn(i, at);
  }
}

function proposeOn(i: u32, level: u32): void {
  copyCandidates(beam, read(BUILD_WIDTH));
  const nearest = slotOf(keyAt(candidates, 0));
  addMates(i, level);
  beginChoice();
  choose(m, m >> 1);
  const proposal = proposalOf(i, level);
  store<u32>(proposal, nearest);
  store<u32>(proposal, chosenCount, 4);
  for (let j: u32 = 0; j < chosenCount; j++) store<u32>(proposal + (j << 2), chosenAt(j), 8);
}

function addMates(i: u32, level: u32): void {
  const count = work(BATCH_COUNT);
  for (let j: u32 = 0; j < count; j++) if (j != i && batchLevel(j) >= level) addCandidate(probe, batchSlot(j));
  endCandidates(probe);
}

/** Adds the batch to the trees. Every node of it has its links then; the nodes that these lead to are to link back. */
export function joinBatch(): void {
  const count = work(BATCH_COUNT);
  for (let i: u32 = 0; i < count; i++) join(i);
  write(COUNT, read(COUNT) + count);
}

/** Links back from each slot whose number leaves `share` when divided by `shares`, so that no two threads write one list. */
export function linkBackBatch(share: u32, shares: u32): void {
  const count = work(BATCH_COUNT);
  for (let i: u32 = 0; i < count; i++) linkBack(i, share, shares);
}

function join(i: u32): void {
  const slot = batchSlot(i);
  const level = batchLevel(i);
  const isFirst = read(ENTRY) == NONE;
  const top = read(TOP);
  for (let at: u32 = 0; at <= level; at++) {
    if (isFirst || at > top) append(linksOf(slot, at), slot);
    else joinOn(i, at);
    keepLinked(i, at);
  }
  if (!isFirst && level <= top) return;
  write(ENTRY, slot);
  write(TOP, level);
}

function joinOn(i: u32, level: u32): void {
  const slot = batchSlot(i);
  const proposal = proposalOf(i, level);
  const count = load<u32>(proposal, 4);
  const parent = parentAmong(proposal, level);
  const links = linksOf(slot, level);
  append(links, parent);
  for (let j: u32 = 0; j < count && degreeOf(links) < m; j++) {
    const other = load<u32>(proposal + (j << 2), 8);
    if (other != parent) append(links, other);
  }
  accept(parent, slot, level);
}

// Links change while other threads link back, in an order that differs from run to run: the nodes to link back are noted before.
function keepLinked(i: u32, level: u32): void {
  const links = linksOf(batchSlot(i), level);
  const proposal = proposalOf(i, level);
  const count = degreeOf(links) - 1;
  store<u32>(proposal, count, 4);
  for (let j: u32 = 0; j < count; j++) store<u32>(proposal + (j << 2), linkAt(links, j + 1), 8);
}

/** The nearest proposed node that can have one more child, else one under the nearest node that is not of the batch. */
function parentAmong(proposal: usize, level: u32): u32 {
  const count = load<u32>(proposal, 4);
  for (let j: u32 = 0; j < count; j++) {
    const slot = load<u32>(proposal + (j << 2), 8);
    // A node of the batch that was not added yet has no links, and cannot be a parent.
    if (degreeOf(linksOf(slot, level)) > 0 && hasRoomForChild(slot, level)) return slot;
  }
  return hostUnder(count == 0 ? rootOf(level) : load<u32>(proposal), level);
}

function linkBack(i: u32, share: u32, shares: u32): void {
  const slot = batchSlot(i);
  const level = batchLevel(i);
  for (let at: u32 = 0; at <= level; at++) {
    const linked = proposalOf(i, at);
    const count = load<u32>(linked, 4);
    for (let j: u32 = 0; j < count; j++) {
      const other = load<u32>(linked + (j << 2), 8);
      if (other % shares == share) accept(other, slot, at);
    }
  }
}

/** Draws level l or higher once in m^l draws: the paper's distribution without a logarithm. */
function drawLevel(): u32 {
  const once = 0xffffffff / m;
  let level: u32 = 0;
  while (level < MAX_LEVEL && random() < once) level++;
  return level;
}

// splitmix64: any seed is good, and the state is one number of the header.
function random(): u32 {
  const state = load<u64>(HEADER, RANDOM) + 0x9e3779b97f4a7c15;
  store<u64>(HEADER, state, RANDOM);
  let mixed = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  return <u32>((mixed ^ (mixed >> 31)) >> 32);
}
