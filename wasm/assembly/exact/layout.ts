/**
 * The layout of the scan module's memory. Memory is only ever taken from its end and never moves.
 *
 *   448      the bytes that a running checksum has not mixed in yet (shared/hash.ts)
 *   512      constants of hot loops: an engine makes a constant vector anew at each use, a loaded one stays in its register
 *   1024     header: how many slots are taken, and the shape of the index, for helpers
 *   1088     job: the task that threads share
 *   1152     members: working memory, heap and last turn of each helper, 16 bytes each
 *   2048     segment table, 8192 addresses: slot s lies in segment s >> shift, at s & mask
 *   34816    scratch, staging, segments in the order in which they were asked for
 *
 * A segment holds 2^shift slots as planes, each from a multiple of 64:
 *
 *   rows       u32, the caller's numbers
 *   scales     f32, of bit codes only
 *   biases     f32, of bit codes, and of int8 ones under squared L2
 *   codes      bytes, or bits in blocks of 16 slots: byte b of all sixteen, then byte b + 1
 *   originals  f32 or f16
 *
 * Slots 0 to count - 1 are taken, without gaps. The quantizer's numbers lie apart, in one piece.
 */
import { HALF_BITS_KEPT, HALF_LIFT } from "../shared/half";

export const HALF_BITS: usize = 512;
export const NIBBLES: usize = 528;
export const LOW_BYTES: usize = 544;
export const LIFT: usize = 560;
export const HEADER: usize = 1024;
export const JOB: usize = 1088;
export const MEMBERS: usize = 1152;
export const SEGMENT_TABLE: usize = 2048;
export const ARENA: usize = 34816;
export const TABLE_LENGTH: u32 = 8192;

/** Offsets in the header. */
export const COUNT: u32 = 0;
export const VALUES: u32 = 4;
export const CODE_KIND: u32 = 8;
export const ORIGINAL_KIND: u32 = 12;
export const METRIC: u32 = 16;
export const QUANTIZER_AT: u32 = 20;

/** Offsets in the job. The ticket is u64: the turn, then 16 bits each for how many chunks there are and which is next. */
export const TICKET: u32 = 0;
export const DONE: u32 = 8;
export const TASK: u32 = 12;
export const QUERY: u32 = 16;
export const BITMAP: u32 = 20;
export const WORDS: u32 = 24;
export const WIDTH: u32 = 28;
export const SOURCE: u32 = 32;
export const ITEMS: u32 = 36;
export const CHUNK: u32 = 40;
export const DISTANCES: u32 = 44;

/** Offsets in a member: its working memory, its heap, and the last turn that it took part in. */
export const ROOM: u32 = 0;
export const ROOM_BYTES: u32 = 4;
export const HEAP: u32 = 8;
export const PART: u32 = 12;

export const MOST_THREADS: u32 = 8;

export const INNER_PRODUCT: u32 = 0;
export const SQUARED_L2: u32 = 1;
export const COSINE: u32 = 2;

/** Codes that a row may be kept as. */
export const NO_CODES: u32 = 0;
export const INT8: u32 = 1;
export const PRODUCT: u32 = 3;
export const BIT: u32 = 4;

/** Originals that a row may be kept as. */
export const NO_ORIGINALS: u32 = 0;
export const SINGLE: u32 = 1;
export const HALF: u32 = 2;

export const ROWS: u32 = 0;
export const SCALES: u32 = 1;
export const BIASES: u32 = 2;
export const CODES: u32 = 3;
export const ORIGINALS: u32 = 4;
export const QUANTIZER: u32 = 5;

/** Slots of a block of bit codes. */
export const BLOCK: u32 = 16;

/** Dimensions of a subspace of product codes, and centroids in each. */
export const SUBSPACE: u32 = 8;
export const CENTROIDS: u32 = 256;

/** The answer of an export when memory cannot grow. Nothing was changed then. */
export const FULL: u32 = 0xffffffff;

export let dimensions: u32 = 0;
/** Dimensions of a padded vector; values beyond the real ones are zero. */
export let width: u32 = 0;
export let isSquared: bool = false;
export let isCosine: bool = false;
export let codeKind: u32 = 0;
export let originalKind: u32 = 0;
export let subspaces: u32 = 0;
export let hasScales: bool = false;
export let hasBiases: bool = false;
export let codeBytes: u32 = 0;
export let originalBytes: u32 = 0;
export let quantizerBytes: u32 = 0;
export let shift: u32 = 0;
export let mask: u32 = 0;
export let scalesOffset: u32 = 0;
export let biasesOffset: u32 = 0;
export let codesOffset: u32 = 0;
export let originalsOffset: u32 = 0;
export let segmentBytes: u32 = 0;

// Small enough that an empty index costs a tab little, large enough that 4 GiB need no more than TABLE_LENGTH of them.
const SEGMENT_TARGET: u32 = 512 * 1024;
const LEAST_SHIFT: u32 = 4;

@inline
export function align(bytes: u32, to: u32): u32 {
  return (bytes + to - 1) & ~(to - 1);
}

@inline
export function count(): u32 {
  return load<u32>(HEADER + COUNT);
}

export function setCount(slots: u32): void {
  store<u32>(HEADER + COUNT, slots);
}

export function memberAt(number: u32): usize {
  return MEMBERS + (<usize>number << 4);
}

export function computeStrides(values: u32, codes: u32, originals: u32, metric: u32): void {
  v128.store(HALF_BITS, i32x4.splat(HALF_BITS_KEPT));
  v128.store(LIFT, f32x4.splat(HALF_LIFT));
  v128.store(NIBBLES, i8x16.splat(15));
  v128.store(LOW_BYTES, i16x8.splat(255));
  dimensions = values;
  width = align(values, 16);
  isSquared = metric == SQUARED_L2;
  isCosine = metric == COSINE;
  codeKind = codes;
  originalKind = originals;
  subspaces = (values + SUBSPACE - 1) / SUBSPACE;
  hasScales = codes == BIT;
  hasBiases = codes == BIT || (codes == INT8 && isSquared);
  codeBytes = codeStride();
  originalBytes = originals == NO_ORIGINALS ? 0 : align(values, 8) * (originals == HALF ? 2 : 4);
  quantizerBytes = quantizerSize();
  layOutSegment();
}

function codeStride(): u32 {
  if (codeKind == INT8) return width;
  if (codeKind == BIT) return width >> 3;
  return codeKind == PRODUCT ? align(subspaces, 8) : 0;
}

function quantizerSize(): u32 {
  if (codeKind == INT8) return width << 3;
  if (codeKind == BIT) return width << 2;
  return codeKind == PRODUCT ? subspaces * SUBSPACE * CENTROIDS * 4 : 0;
}

function layOutSegment(): void {
  const slotBytes: u32 = 4 + (hasScales ? 4 : 0) + (hasBiases ? 4 : 0) + codeBytes + originalBytes;
  shift = LEAST_SHIFT;
  while (slotBytes << (shift + 1) <= SEGMENT_TARGET) shift++;
  mask = (1 << shift) - 1;
  scalesOffset = align(4 << shift, 64);
  biasesOffset = scalesOffset + (hasScales ? align(4 << shift, 64) : 0);
  codesOffset = biasesOffset + (hasBiases ? align(4 << shift, 64) : 0);
  originalsOffset = codesOffset + align(codeBytes << shift, 64);
  segmentBytes = originalsOffset + align(originalBytes << shift, 64);
}
