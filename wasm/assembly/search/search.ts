/**
 * The graph module's exports. The caller checks the input: vectors are whole and finite, a row is added only when
 * absent, a slot removed only when taken. Every export either does all of its work or answers FULL.
 */
import {
  ARENA, BUILD_WIDTH, COUNT, DEAD, DIMENSIONS, ENTRY, EXACT, FREE_SLOT, FREE_UPPER_BLOCK, FULL, HEADER, LINKS, MEASURED, METRIC, NONE, RANDOM, SLOTS,
  align, computeStrides, dimensions, read, write,
} from "./layout";
import { reserveSlots } from "./arena";
import { batchSize, beginBatch, joinBatch, makeBatchRoom, makeBuildRoom, reserveProposals } from "./build";
import { askFor, placeQueries } from "./answer";
import { LINK_BACK, PROPOSE, answerTogether, beginMember, makePoolRoom, noteRooms, reservePoolVisits, setPatience, together } from "./thread-pool";
import { makeChoiceRoom } from "./choose";
import { makeCodeRoom } from "./codes";
import { makeDistanceRoom } from "./distance";
import { allowAll, allowOnly } from "./filter";
import { makeLinkRoom } from "./link";
import { beginQuery, findByWalk, makeQueryRoom, writeHits } from "./query";
import { makeRemoveRoom, remove as removeSlot, sweep as sweepAll, sweepIfDue } from "./remove";
import { beginScan, endScan, makeScanRoom, scan as scanSlots } from "./scan";
import { settle as settleAll, settleIfDue } from "./settle";
import { allocate, beginAt } from "../shared/memory";
import { makeVisitRoom, reserveVisits } from "./visits";
import { makeWalkRoom, liftDeadline, reserveBeam, setDeadline } from "./walk";

export { codeDistance, hitDistances, hitRows, isUnsure } from "./query";
export { beginHash, endHash, mixHash } from "../shared/hash";
export { stopThreads, serve } from "./thread-pool";
export { taken } from "../shared/memory";
export { holdsRow, itemAddress, itemBytes, itemRun, reserveAll, slotLevel, slotLinks } from "./arrays";
export { isSound } from "./verify";
export { touched } from "./distance";
export { late, wasCut } from "./walk";

const OK: u32 = 0;
const LEAST_BEAM: u32 = 64;

let staging: usize = 0;
let stagingBytes: u32 = 0;

/** Once, before all else. Dimensions 1..4096, m 2..64, metric, what is kept and what is measured as in layout. */
export function configure(dimensions: u32, m: u32, buildWidth: u32, metric: u32, exact: u32, measured: u32, seed: u32): u32 {
  beginAt(ARENA);
  write(DIMENSIONS, dimensions);
  write(LINKS, m);
  write(BUILD_WIDTH, buildWidth);
  write(METRIC, metric);
  write(EXACT, exact);
  write(MEASURED, measured);
  store<u64>(HEADER, seed, RANDOM);
  write(ENTRY, NONE);
  write(FREE_SLOT, NONE);
  write(FREE_UPPER_BLOCK, NONE);
  computeStrides();
  const made = makeBatchRoom() && makeRooms() && reserveProposals();
  noteRooms();
  return made ? OK : FULL;
}

/**
 * Makes room for a pool of so many threads, the caller included; each other one is to call `serve` with its number from 1 on.
 * A thread that does not answer for `patience` milliseconds has ended.
 */
export function startThreads(pool: u32, patience: f64): u32 {
  setPatience(patience);
  return makePoolRoom(pool) ? OK : FULL;
}

/** Called by a thread of the pool: lays out its working memory within what the leader took for it. */
export function attach(number: u32): u32 {
  beginMember(number);
  return makeRooms() ? OK : FULL;
}

function makeRooms(): bool {
  const width = max(read(BUILD_WIDTH), LEAST_BEAM);
  return (
    makeCodeRoom() && makeDistanceRoom() && makeVisitRoom() && makeWalkRoom() && makeChoiceRoom(width) && makeBuildRoom() &&
    makeLinkRoom() && makeQueryRoom() && makeScanRoom() && makeRemoveRoom() && reserveBeam(width)
  );
}

/** The address at which the caller may write that many bytes until the next call of `stage`, or 0 when memory cannot grow. */
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

/** Makes room for that many rows more than there are. */
export function reserve(rows: u32): u32 {
  // Free slots may lie among those in use.
  const slots = max(read(SLOTS), read(COUNT) + read(DEAD) + rows);
  return reserveSlots(rows) && reserveVisits(slots) && reservePoolVisits(slots) ? OK : FULL;
}

/** Sweeps and settles when due. Answers whether slots may have got other numbers. */
export function prepare(): u32 {
  sweepIfDue();
  return settleIfDue() ? 1 : 0;
}

/**
 * Adds the staged rows, whose vectors follow from the next multiple of 16; their slots take the place of the rows. Room was
 * reserved; without that the answer is FULL, with nothing added, where memory cannot grow.
 */
export function insert(count: u32): u32 {
  if (reserve(count) != OK) return FULL;
  const vectors = staging + align(count << 2, 16);
  let from: u32 = 0;
  while (from < count) {
    const size = batchSize(count - from);
    beginBatch(staging + (from << 2), vectors + (from * dimensions << 2), size);
    together(PROPOSE);
    joinBatch();
    together(LINK_BACK);
    from += size;
  }
  return OK;
}

export function remove(slot: u32): void {
  removeSlot(slot);
}

/** Frees the removed nodes and orders the others: slots get other numbers. False when there is no memory to work in. */
export function compact(): u32 {
  sweepAll();
  return settleAll() ? 1 : 0;
}

/** Staged: the query, then from the next multiple of 16 bytes the bitmap's words. FULL words: every row is allowed. The time is in milliseconds. */
export function search(k: u32, ef: u32, words: u32, time: f64): u32 {
  if (words == FULL) allowAll();
  else allowOnly(staging + align(dimensions << 2, 16), words);
  setDeadline(time);
  const found = beginQuery(staging, k) ? findByWalk(ef) : FULL;
  liftDeadline();
  allowAll();
  return found;
}

/**
 * Staged: queries, then from the next multiple of 16 bytes room for the answers that `answer` writes. Every row is
 * allowed, and `k` is at most the number of rows. Answers FULL when memory cannot grow.
 */
export function searchMany(count: u32, k: u32, ef: u32, time: f64): u32 {
  if (!ASC_FEATURE_THREADS) return FULL;
  placeQueries(staging, staging + align(count * dimensions << 2, 16));
  askFor(k, ef, time);
  return answerTogether(count) ? OK : FULL;
}

/** Staged: the query. */
export function openScan(k: u32): u32 {
  if (!beginQuery(staging, k)) return FULL;
  beginScan();
  return OK;
}

/** Staged: slots, and room for four more. */
export function scan(count: u32): void {
  scanSlots(staging, count);
}

export function closeScan(): u32 {
  endScan();
  return writeHits();
}
