/** Originals, as f32 or f16, and the distances of four of them from the padded query. Four at a time hide the latency of memory. */
import { HALF, HALF_BITS, LIFT, SINGLE, align, dimensions, isSquared, originalBytes, originalKind, width } from "./layout";
import { originalAt } from "./arena";
import { addLanes, four } from "../shared/lanes";
import { padded } from "./vector";
import { allocate } from "../shared/memory";
import { encodeHalves, readHalves } from "../shared/half";

const QUERY_LIFT: f32 = reinterpret<f32>(0x71800000);
const SUM_LIFT: f32 = 4096;

let lifted: usize = 0;

export function makeOriginalRoom(): bool {
  if (originalKind != HALF) return true;
  lifted = allocate(<u64>width << 2);
  return lifted != 0;
}

/**
 * Called before originals are measured with the padded query. A half that is read as a single is 2^112 too small; for products
 * the query is multiplied by 2^100 and the sum by the rest, which is exact, instead of each value.
 */
export function probeOriginals(): void {
  if (originalKind != HALF || isSquared) return;
  const by = f32x4.splat(QUERY_LIFT);
  for (let at: u32 = 0; at < width << 2; at += 16) v128.store(lifted + at, f32x4.mul(v128.load(padded + at), by));
}

export function keepOriginal(slot: u32): void {
  const target = originalAt(slot);
  if (originalKind == SINGLE) {
    memory.copy(target, padded, originalBytes);
    return;
  }
  for (let i: u32 = 0; i < dimensions; i += 8) {
    const eight = i16x8.narrow_i32x4_u(encodeHalves(padded + (i << 2)), encodeHalves(padded + (i << 2) + 16));
    v128.store(target + (i << 1), eight);
  }
}

export function decodeOriginal(slot: u32, target: usize): void {
  const source = originalAt(slot);
  for (let i: u32 = 0; i < align(dimensions, 8); i += 4) {
    v128.store(target + (i << 2), original(source, i, originalKind == HALF, false, v128.load(HALF_BITS), v128.load(LIFT)));
  }
}

export function measureOriginals(a: u32, b: u32, c: u32, d: u32): v128 {
  if (originalKind == HALF) return isSquared ? measure(a, b, c, d, true, true) : measure(a, b, c, d, true, false);
  return isSquared ? measure(a, b, c, d, false, true) : measure(a, b, c, d, false, false);
}

// Two sums a row, so that an addition need not wait for the one before.
@inline
function measure(a: u32, b: u32, c: u32, d: u32, isHalf: bool, squared: bool): v128 {
  const fromA = originalAt(a), fromB = originalAt(b), fromC = originalAt(c), fromD = originalAt(d);
  const isLifted = isHalf && !squared;
  const query = isLifted ? lifted : padded;
  const bits = v128.load(HALF_BITS), lift = v128.load(LIFT);
  let sumA = f32x4.splat(0), sumB = sumA, sumC = sumA, sumD = sumA;
  let oddA = sumA, oddB = sumA, oddC = sumA, oddD = sumA;
  for (let i: u32 = 0; i < dimensions; i += 8) {
    const x = v128.load(query + (i << 2));
    sumA = addTerm(sumA, x, original(fromA, i, isHalf, isLifted, bits, lift), squared);
    sumB = addTerm(sumB, x, original(fromB, i, isHalf, isLifted, bits, lift), squared);
    sumC = addTerm(sumC, x, original(fromC, i, isHalf, isLifted, bits, lift), squared);
    sumD = addTerm(sumD, x, original(fromD, i, isHalf, isLifted, bits, lift), squared);
    const y = v128.load(query + (i << 2), 16);
    oddA = addTerm(oddA, y, original(fromA, i + 4, isHalf, isLifted, bits, lift), squared);
    oddB = addTerm(oddB, y, original(fromB, i + 4, isHalf, isLifted, bits, lift), squared);
    oddC = addTerm(oddC, y, original(fromC, i + 4, isHalf, isLifted, bits, lift), squared);
    oddD = addTerm(oddD, y, original(fromD, i + 4, isHalf, isLifted, bits, lift), squared);
  }
  const totals = four(
    addLanes(f32x4.add(sumA, oddA)), addLanes(f32x4.add(sumB, oddB)),
    addLanes(f32x4.add(sumC, oddC)), addLanes(f32x4.add(sumD, oddD)),
  );
  if (squared) return totals;
  return f32x4.sub(f32x4.splat(1), isLifted ? f32x4.mul(totals, f32x4.splat(SUM_LIFT)) : totals);
}

@inline
function addTerm(sum: v128, x: v128, y: v128, squared: bool): v128 {
  if (!squared) return f32x4.add(sum, f32x4.mul(x, y));
  const gap = f32x4.sub(x, y);
  return f32x4.add(sum, f32x4.mul(gap, gap));
}

@inline
function original(vector: usize, index: u32, isHalf: bool, isLifted: bool, bits: v128, lift: v128): v128 {
  if (!isHalf) return v128.load(vector + (index << 2));
  const halves = readHalves(vector + (index << 1), bits);
  return isLifted ? halves : f32x4.mul(halves, lift);
}
