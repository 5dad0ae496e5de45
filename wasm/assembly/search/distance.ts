/**
 * Distances on codes, and the exact one on originals.
 *
 * The paper measures originals everywhere. Here the walk measures codes of one byte: a stored vector is u7, 64 being
 * zero, x ~ scale * (code - 64); a query is s8, x ~ scale * code. With one side below 128 the relaxed instruction has
 * nothing left to the machine: a pair of products stays within 16 bits and no sign is in doubt, so both modules give
 * the same integer on every processor. Floats are only ever combined in one fixed order, without fused multiply-add.
 */
import { DIMENSIONS, SCALE, SUM, codeBytes, codesOffset, read, vectorStride } from "./layout";
import { allocate, nodeAt, vectorAt } from "./arena";

const ZERO: i32 = 64;
const STORED_PEAK: f32 = 63;
const QUERY_PEAK: f32 = 127;

export let query: usize = 0;
let queryCodes: usize = 0;
let queryScale: f32 = 0;
let queryOffset: i32 = 0;

export function makeQueryRoom(): bool {
  query = allocate(vectorStride);
  queryCodes = allocate(codeBytes);
  return query != 0 && queryCodes != 0;
}

/** Takes the vector at `source` as what the next walk is measured against. */
export function setQuery(source: usize): void {
  const dimensions = read(DIMENSIONS);
  memory.copy(query, source, dimensions << 2);
  const peak = peakOf(query, dimensions);
  queryScale = peak / QUERY_PEAK;
  queryOffset = ZERO * encode(queryCodes, query, QUERY_PEAK / peak, 0);
}

/** Keeps the vector at `source` in the slot: the original and its code. */
export function keepVector(slot: u32, source: usize): void {
  const dimensions = read(DIMENSIONS);
  const node = nodeAt(slot);
  const vector = vectorAt(slot);
  memory.copy(vector, source, dimensions << 2);
  const peak = peakOf(vector, dimensions);
  store<f32>(node, peak / STORED_PEAK, SCALE);
  store<i32>(node, encode(node + codesOffset, vector, STORED_PEAK / peak, ZERO), SUM);
}

function peakOf(vector: usize, dimensions: u32): f32 {
  let peak: f32 = 0;
  for (let i: u32 = 0; i < dimensions; i++) peak = max(peak, abs(load<f32>(vector + (i << 2))));
  return peak;
}

/** The sum of the codes written. Padding stays 0 on both sides and adds nothing to a dot product. */
function encode(codes: usize, vector: usize, factor: f32, zero: i32): i32 {
  const dimensions = read(DIMENSIONS);
  let sum: i32 = 0;
  for (let i: u32 = 0; i < dimensions; i++) {
    const code = <i32>nearest(load<f32>(vector + (i << 2)) * factor) + zero;
    store<i8>(codes + i, <i8>code);
    sum += code;
  }
  return sum;
}

/** `seventh` are codes of 0..127, `signed` any codes of one byte. */
function dotCodes(signed: usize, seventh: usize): i32 {
  let sums = i32x4.splat(0);
  for (let i: u32 = 0; i < codeBytes; i += 16) {
    const a = v128.load(signed + i);
    const b = v128.load(seventh + i);
    if (ASC_FEATURE_RELAXED_SIMD) {
      sums = i32x4.relaxed_dot_i8x16_i7x16_add_s(a, b, sums);
    } else {
      const products = i16x8.add(i16x8.extmul_low_i8x16_s(a, b), i16x8.extmul_high_i8x16_s(a, b));
      sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_s(products));
    }
  }
  return (
    i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) +
    i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3)
  );
}

/** From the query, on codes. */
export function distanceTo(slot: u32): f32 {
  const node = nodeAt(slot);
  const dot = dotCodes(queryCodes, node + codesOffset) - queryOffset;
  return 1 - <f32>dot * (queryScale * load<f32>(node, SCALE));
}

/** Between two slots, on codes. */
export function distanceBetween(a: u32, b: u32): f32 {
  const one = nodeAt(a);
  const other = nodeAt(b);
  const dot =
    dotCodes(one + codesOffset, other + codesOffset) -
    ZERO * (load<i32>(one, SUM) + load<i32>(other, SUM)) +
    ZERO * ZERO * <i32>read(DIMENSIONS);
  return 1 - <f32>dot * (load<f32>(one, SCALE) * load<f32>(other, SCALE));
}

/** From the query, on originals. */
export function exactDistanceTo(slot: u32): f32 {
  const vector = vectorAt(slot);
  let sums = f32x4.splat(0);
  for (let i: u32 = 0; i < vectorStride; i += 16) {
    sums = f32x4.add(sums, f32x4.mul(v128.load(query + i), v128.load(vector + i)));
  }
  return (
    1 - ((f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1)) +
      (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3)))
  );
}
