/** The scan module's exports; wasm/src/exact-kernel.ts says how they are called. */
import {
  ARENA, BIT, FULL, INT8, NO_CODES, NO_ORIGINALS, PRODUCT, QUANTIZER,
  codeKind, computeStrides, count, dimensions, mask, originalKind, quantizerBytes, setCount, width,
} from "./layout";
import { clearBits, moveSlot, planeAt, reserveSlots, rowAt, slotsOf, strideOf } from "./arena";
import { decodeBits, keepBits, makeBitRoom } from "./bits";
import { decodeOriginal, keepOriginal, makeOriginalRoom } from "./originals";
import { decodeProduct, keepProduct, makeProductRoom, squareCentroids, train } from "./product";
import { makeQuantizerRoom, quantizer } from "./quantizer";
import { decodeScalar, keepScalar, makeScalarRoom } from "./scalar";
import { find } from "./scan";
import { makeVectorRoom, pad, padded } from "./vector";
import { allocate, beginAt } from "../shared/memory";
export { beginHash, endHash, mixHash } from "../shared/hash";
export { hitDistances, hitRows } from "./scan";

const OK: u32 = 0;

let staging: usize = 0;
let stagingBytes: u32 = 0;

export function configure(values: u32, codes: u32, originals: u32, metric: u32): u32 {
  beginAt(ARENA);
  computeStrides(values, codes, originals, metric);
  return makeVectorRoom() && makeOriginalRoom() && makeQuantizerRoom() && makeCodeRoom() ? OK : FULL;
}

function makeCodeRoom(): bool {
  if (codeKind == INT8) return makeScalarRoom();
  if (codeKind == BIT) return makeBitRoom();
  return codeKind != PRODUCT || makeProductRoom();
}

/** A place for input of so many bytes, good until a larger one is asked for; 0 when memory cannot grow. */
export function stage(bytes: u32): usize {
  if (bytes > stagingBytes) {
    // Doubled, since what is outgrown is lost, but no more than is asked for where memory is short.
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

/** To be called when the quantizer has been written. */
export function quantizerWritten(): void {
  if (codeKind == PRODUCT) squareCentroids();
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
export function search(k: u32, breadth: u32, words: u32): u32 {
  return find(staging, k, breadth, (staging + (dimensions << 2) + 15) & ~15, words);
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

/** Where a plane's run of that number lies. */
export function runAt(plane: u32, run: u32): usize {
  return plane == QUANTIZER ? quantizer : planeAt(plane, run * (mask + 1));
}

export function slots(): u32 {
  return count();
}

/** Before an empty index is filled with runs, after `reserve`. */
export function setSlots(total: u32): void {
  setCount(total);
}
