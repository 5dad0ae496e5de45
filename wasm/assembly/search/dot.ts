/**
 * Integer dot products between a probe and one plane of codes, four at a time: four neighbours in flight hide what
 * memory takes, and one load of the probe serves them all.
 *
 * Plane bytes hold two dimensions: in each run of 32 dimensions the low nibbles are the first 16, the high ones the
 * rest. Nibbles are 0..15 and probe codes -128..127, so that a pair of products stays within 3,840, eight of them within
 * 16 bits, and the relaxed instruction has nothing left to the machine: both modules give the same integer everywhere.
 *
 * A probe's codes lie as s8 in order for the relaxed module. The plain one has no byte product; it reads nibbles as
 * 16-bit lanes, and its probes lie as i16 in the order in which these come out: even bytes, then odd ones.
 */
import { NIBBLES, WORD_NIBBLES, planeBytes } from "./layout";

/** Bytes of probe codes to a byte of plane. */
export const PROBE_RATIO: u32 = ASC_FEATURE_RELAXED_SIMD ? 2 : 4;

// A run of sums in 16 bits that cannot overflow: four loads, two pairs of products each.
const RUN: u32 = 64;

/** The products of one probe with four planes. */
export function dotFour(probe: usize, a: usize, b: usize, c: usize, d: usize): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? dotFourRelaxed(probe, a, b, c, d) : dotFourPlain(probe, a, b, c, d);
}

/** The products of one plane with four probes. */
export function dotAcross(plane: usize, p: usize, q: usize, r: usize, s: usize): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? dotAcrossRelaxed(plane, p, q, r, s) : dotAcrossPlain(plane, p, q, r, s);
}

@inline
function dotFourRelaxed(probe: usize, a: usize, b: usize, c: usize, d: usize): v128 {
  const nibble = v128.load(NIBBLES);
  let sumA = i32x4.splat(0), sumB = sumA, sumC = sumA, sumD = sumA;
  let at: u32 = 0;
  while (at < planeBytes) {
    const to = min(at + RUN, planeBytes);
    let runA = i32x4.splat(0), runB = runA, runC = runA, runD = runA;
    for (; at < to; at += 16) {
      const first = v128.load(probe + (at << 1));
      const second = v128.load(probe + (at << 1), 16);
      runA = addPairs(runA, v128.load(a + at), first, second, nibble);
      runB = addPairs(runB, v128.load(b + at), first, second, nibble);
      runC = addPairs(runC, v128.load(c + at), first, second, nibble);
      runD = addPairs(runD, v128.load(d + at), first, second, nibble);
    }
    sumA = i32x4.add(sumA, i32x4.extadd_pairwise_i16x8_s(runA));
    sumB = i32x4.add(sumB, i32x4.extadd_pairwise_i16x8_s(runB));
    sumC = i32x4.add(sumC, i32x4.extadd_pairwise_i16x8_s(runC));
    sumD = i32x4.add(sumD, i32x4.extadd_pairwise_i16x8_s(runD));
  }
  return totals(sumA, sumB, sumC, sumD);
}

@inline
function dotAcrossRelaxed(plane: usize, p: usize, q: usize, r: usize, s: usize): v128 {
  const nibble = v128.load(NIBBLES);
  let sumP = i32x4.splat(0), sumQ = sumP, sumR = sumP, sumS = sumP;
  let at: u32 = 0;
  while (at < planeBytes) {
    const to = min(at + RUN, planeBytes);
    let runP = i32x4.splat(0), runQ = runP, runR = runP, runS = runP;
    for (; at < to; at += 16) {
      const codes = v128.load(plane + at);
      const lower = v128.and(codes, nibble);
      const upper = v128.and(i16x8.shr_u(codes, 4), nibble);
      const place = at << 1;
      runP = addProducts(runP, lower, upper, p + place);
      runQ = addProducts(runQ, lower, upper, q + place);
      runR = addProducts(runR, lower, upper, r + place);
      runS = addProducts(runS, lower, upper, s + place);
    }
    sumP = i32x4.add(sumP, i32x4.extadd_pairwise_i16x8_s(runP));
    sumQ = i32x4.add(sumQ, i32x4.extadd_pairwise_i16x8_s(runQ));
    sumR = i32x4.add(sumR, i32x4.extadd_pairwise_i16x8_s(runR));
    sumS = i32x4.add(sumS, i32x4.extadd_pairwise_i16x8_s(runS));
  }
  return totals(sumP, sumQ, sumR, sumS);
}

@inline
function addPairs(run: v128, codes: v128, first: v128, second: v128, nibble: v128): v128 {
  const lower = v128.relaxed_dot<i16>(first, v128.and(codes, nibble));
  const upper = v128.relaxed_dot<i16>(second, v128.and(i16x8.shr_u(codes, 4), nibble));
  return i16x8.add(run, i16x8.add(lower, upper));
}

@inline
function addProducts(run: v128, lower: v128, upper: v128, probe: usize): v128 {
  const first = v128.relaxed_dot<i16>(v128.load(probe), lower);
  const second = v128.relaxed_dot<i16>(v128.load(probe, 16), upper);
  return i16x8.add(run, i16x8.add(first, second));
}

@inline
function dotFourPlain(probe: usize, a: usize, b: usize, c: usize, d: usize): v128 {
  const nibble = v128.load(WORD_NIBBLES);
  let sumA = i32x4.splat(0), sumB = sumA, sumC = sumA, sumD = sumA;
  for (let at: u32 = 0; at < planeBytes; at += 16) {
    const codes = probe + (at << 2);
    sumA = i32x4.add(sumA, dotPlain(v128.load(a + at), codes, nibble));
    sumB = i32x4.add(sumB, dotPlain(v128.load(b + at), codes, nibble));
    sumC = i32x4.add(sumC, dotPlain(v128.load(c + at), codes, nibble));
    sumD = i32x4.add(sumD, dotPlain(v128.load(d + at), codes, nibble));
  }
  return totals(sumA, sumB, sumC, sumD);
}

@inline
function dotAcrossPlain(plane: usize, p: usize, q: usize, r: usize, s: usize): v128 {
  const nibble = v128.load(WORD_NIBBLES);
  let sumP = i32x4.splat(0), sumQ = sumP, sumR = sumP, sumS = sumP;
  for (let at: u32 = 0; at < planeBytes; at += 16) {
    const codes = v128.load(plane + at);
    const place = at << 2;
    sumP = i32x4.add(sumP, dotPlain(codes, p + place, nibble));
    sumQ = i32x4.add(sumQ, dotPlain(codes, q + place, nibble));
    sumR = i32x4.add(sumR, dotPlain(codes, r + place, nibble));
    sumS = i32x4.add(sumS, dotPlain(codes, s + place, nibble));
  }
  return totals(sumP, sumQ, sumR, sumS);
}

@inline
function dotPlain(codes: v128, probe: usize, nibble: v128): v128 {
  const even = i32x4.add(
    i32x4.dot_i16x8_s(v128.and(codes, nibble), v128.load(probe)),
    i32x4.dot_i16x8_s(v128.and(i16x8.shr_u(codes, 4), nibble), v128.load(probe, 16)),
  );
  const odd = i32x4.add(
    i32x4.dot_i16x8_s(v128.and(i16x8.shr_u(codes, 8), nibble), v128.load(probe, 32)),
    i32x4.dot_i16x8_s(i16x8.shr_u(codes, 12), v128.load(probe, 48)),
  );
  return i32x4.add(even, odd);
}

/** The sum of each, in one vector. */
@inline
function totals(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7));
}
