/** The scan module's exports; wasm/src/search/exact/exact-kernel.ts says how they are called. */
import {
  ARENA, BIT, CODE_KIND, FULL, HEADER, INT8, METRIC, NO_ORIGINALS, ORIGINAL_KIND, PRODUCT, QUANTIZER, QUANTIZER_AT, ROOM,
  ROOM_BYTES, VALUES, codeKind, computeStrides, count, dimensions, mask, memberAt, originalKind, quantizerBytes, setCount, width,
} from "./layout";
import { clearBits, moveSlot, planeAt, reserveSlots, rowAt, slotsOf, strideOf } from "./arena";
import { decodeBits, keepBits, makeBitRoom, noteLength } from "./bits";
import { decodeOriginal, keepOriginal, makeOriginalRoom } from "./originals";
import { decodeProduct, keepProduct, makeProductRoom, squareCentroids, train } from "./product";
import { makeMeasureRoom } from "./measure";
import { makeQuantizerRoom, quantizer, useQuantizer } from "./quantizer";
import { decodeScalar, keepScalar, makeScalarRoom } from "./scalar";
import { find } from "./scan";
import { setThreads } from "./shares";
import { makeVectorRoom, pad, padded } from "./vector";
import { allocate, beginAt, beginWithin, taken } from "../shared/memory";
export { beginHash, endHash, mixHash } from "../shared/hash";
export { lengths } from "./bits";
export { codeError, codeSpread, farthestCandidate } from "./doubt";
export { hitDistances, hitRows } from "./scan";
export { help, setPatience, setWorth } from "./shares";

const OK: u32 = 0;
// A helper's working memory may take so much more than the owner's, for alignment.
const SLACK: u32 = 4096;

let staging: usize = 0;
let stagingBytes: u32 = 0;

/** `threads` may share a search, those of the helpers that join. */
export function configure(values: u32, codes: u32, originals: u32, metric: u32, threads: u32): u32 {
  beginAt(ARENA);
  computeStrides(values, codes, originals, metric);
  if (!makeRooms()) return FULL;
  setThreads(threads, <u32>(taken() - ARENA) + SLACK);
  if (!makeQuantizerRoom()) return FULL;
  noteShape(values, codes, originals, metric);
  return OK;
}

/** Makes the working memory of an instance. */
function makeRooms(): bool {
  return makeVectorRoom() && makeMeasureRoom() && makeOriginalRoom() && makeCodeRoom();
}

function noteShape(values: u32, codes: u32, originals: u32, metric: u32): void {
  store<u32>(HEADER, values, VALUES);
  store<u32>(HEADER, codes, CODE_KIND);
  store<u32>(HEADER, originals, ORIGINAL_KIND);
  store<u32>(HEADER, metric, METRIC);
  store<u32>(HEADER, <u32>quantizer, QUANTIZER_AT);
}

/** Makes this instance the helper of that number, over memory that the owner configured and in the part that it assigned. */
export function attach(number: u32): u32 {
  if (!ASC_FEATURE_THREADS) return FULL;
  computeStrides(
    load<u32>(HEADER, VALUES), load<u32>(HEADER, CODE_KIND), load<u32>(HEADER, ORIGINAL_KIND), load<u32>(HEADER, METRIC),
  );
  const member = memberAt(number);
  beginWithin(load<u32>(member, ROOM), load<u32>(member, ROOM_BYTES));
  useQuantizer(load<u32>(HEADER, QUANTIZER_AT));
  if (!makeRooms()) return FULL;
  if (codeKind == PRODUCT) squareCentroids();
  return OK;
}

function makeCodeRoom(): bool {
  if (codeKind == INT8) return makeScalarRoom();
  if (codeKind == BIT) return makeBitRoom();
  return codeKind != PRODUCT || makeProductRoom();
}

/** The address of a place for input of so many bytes, valid until a larger one is asked for; 0 when memory cannot grow. */
export function stage(bytes: u32): usize {
  if (bytes > stagingBytes) {
    // Doubled, since the former place is lost, but no more than is asked for where memory is short.
    const doubled = max(bytes, stagingBytes << 1);
    const roomy = allocate(doubled);
    const room = roomy ? roomy : allocate(bytes);
    if (!room) return 0;
    staging = room;
    stagingBytes = roomy ? doubled : bytes;
  }
  return staging;
}

export function reserve(rows: u32): u32 {
  return reserveSlots(rows) ? OK : FULL;
}

/** To be called when the quantizer has been written, after the rows of a snapshot. */
export function quantizerWritten(): void {
  if (codeKind == PRODUCT) squareCentroids();
  if (codeKind != BIT || originalKind == NO_ORIGINALS) return;
  for (let slot: u32 = 0; slot < count(); slot++) {
    decodeOriginal(slot, padded);
    noteLength();
  }
}

/** Staged: `rows` row numbers, as many slots, then vectors from the next multiple of 16. A slot is taken or the next. */
export function put(rows: u32): void {
  const slots = staging + (<usize>rows << 2);
  const vectors = (slots + (<usize>rows << 2) + 15) & ~15;
  for (let i: u32 = 0; i < rows; i++) {
    const slot = load<u32>(slots + (<usize>i << 2));
    pad(vectors + <usize>i * (dimensions << 2));
    if (slot == count()) setCount(slot + 1);
    store<u32>(rowAt(slot), load<u32>(staging + (<usize>i << 2)));
    keepCode(slot);
    if (originalKind != NO_ORIGINALS) keepOriginal(slot);
  }
}

function keepCode(slot: u32): void {
  if (codeKind == INT8) keepScalar(slot);
  else if (codeKind == BIT) keepBits(slot);
  else if (codeKind == PRODUCT) keepProduct(slot);
}

/** The last slot moves to this one. */
export function drop(slot: u32): void {
  const last = count() - 1;
  if (slot != last) moveSlot(last, slot);
  if (codeKind == BIT) clearBits(last);
  setCount(last);
}

/** Staged: the query, then filter words from the next multiple of 16. */
export function search(k: u32, ef: u32, words: u32): u32 {
  return find(staging, k, ef, (staging + (dimensions << 2) + 15) & ~15, words);
}

/** The slot's vector as its code (1) or original (0) has it, at the address that is answered. */
export function decode(slot: u32, isCode: u32): usize {
  if (!isCode) decodeOriginal(slot, padded);
  else if (codeKind == INT8) decodeScalar(slot, padded);
  else if (codeKind == BIT) decodeBits(slot, padded);
  else decodeProduct(slot, padded);
  return padded;
}

/** Trains product codes. Staged: 256 u32 numbers of points to start from, then the points, each padded to a multiple of 16 values. */
export function trainProduct(points: u32, rounds: u32): void {
  train(staging + 1024, width << 2, points, staging, rounds);
}

/** Bytes of a plane that are in use. */
export function planeBytes(plane: u32): u32 {
  return plane == QUANTIZER ? quantizerBytes : slotsOf(plane) * strideOf(plane);
}

/** Bytes of a plane that lie together. */
export function planeRun(plane: u32): u32 {
  return plane == QUANTIZER ? quantizerBytes : (mask + 1) * strideOf(plane);
}

/** The address of a plane's run of that number. */
export function runAt(plane: u32, run: u32): usize {
  return plane == QUANTIZER ? quantizer : planeAt(plane, run * (mask + 1));
}

export function slots(): u32 {
  return count();
}

/** Called before an empty index is filled with runs, after `reserve`. */
export function setSlots(total: u32): void {
  setCount(total);
}
