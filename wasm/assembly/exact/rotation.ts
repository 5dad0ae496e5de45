/**
 * One fixed rotation of space, drawn at random: each dimension of the result depends on all dimensions of the input. Errors of bit
 * codes are thereby as if drawn at random too, whatever the data. In the data's own dimensions they need not be: rows that differ
 * from the mean in a few dimensions only would all have similar errors.
 *
 * It is four rounds of random signs and a fast Walsh-Hadamard transform. The transform takes a power of two. Where `width` is none,
 * rounds transform the first and the last so many dimensions by turns (as RaBitQ's second implementation does, Gao et al.).
 */
import { width } from "./layout";
import { allocate } from "../shared/memory";

const ROUNDS: u32 = 4;

let span: u32 = 0;
/** For each round, and each dimension of its span, plus or minus the factor that makes the transform orthogonal. */
let signs: usize = 0;

export function makeRotationRoom(): bool {
  span = 1 << (31 - clz(width));
  signs = allocate(<u64>(ROUNDS * span) << 2);
  if (!signs) return false;
  const factor = <f32>1 / sqrt<f32>(<f32>span);
  for (let i: u32 = 0; i < ROUNDS * span; i++) store<f32>(signs + (i << 2), mixed(i) & 1 ? factor : -factor);
  return true;
}

/** The finalizer of MurmurHash3, over steps of the golden ratio. */
function mixed(i: u32): u32 {
  let bits = (i + 1) * 0x9e3779b9;
  bits = (bits ^ (bits >>> 16)) * 0x85ebca6b;
  bits = (bits ^ (bits >>> 13)) * 0xc2b2ae35;
  return bits ^ (bits >>> 16);
}

/** Rotates `width` values in place. */
export function rotate(vector: usize): void {
  for (let round: u32 = 0; round < ROUNDS; round++) {
    const part = partOf(vector, round);
    changeSigns(part, round);
    transform(part);
  }
}

export function rotateBack(vector: usize): void {
  for (let round = ROUNDS; round-- > 0;) {
    const part = partOf(vector, round);
    transform(part);
    changeSigns(part, round);
  }
}

@inline
function partOf(vector: usize, round: u32): usize {
  return vector + (round & 1 ? (width - span) << 2 : 0);
}

function changeSigns(part: usize, round: u32): void {
  const factors = signs + ((round * span) << 2);
  for (let at: u32 = 0; at < span << 2; at += 16) v128.store(part + at, f32x4.mul(v128.load(part + at), v128.load(factors + at)));
}

/** Not normalised. `span` is a power of two, and at least 16. */
function transform(part: usize): void {
  for (let at: u32 = 0; at < span << 2; at += 64) {
    const a = withinFour(v128.load(part + at)), b = withinFour(v128.load(part + at, 16));
    const c = withinFour(v128.load(part + at, 32)), d = withinFour(v128.load(part + at, 48));
    storeFour(part + at, 16, a, b, c, d);
  }
  let step: u32 = 64;
  for (; step << 2 <= span << 2; step <<= 2) {
    for (let start: u32 = 0; start < span << 2; start += step << 2) {
      for (let at = part + start; at < part + start + step; at += 16) {
        storeFour(at, step, v128.load(at), v128.load(at + step), v128.load(at + 2 * step), v128.load(at + 3 * step));
      }
    }
  }
  if (step == span << 2) return;
  for (let at = part; at < part + step; at += 16) {
    const a = v128.load(at), b = v128.load(at + step);
    v128.store(at, f32x4.add(a, b));
    v128.store(at + step, f32x4.sub(a, b));
  }
}

/** Two levels at once. */
@inline
function storeFour(at: usize, step: u32, a: v128, b: v128, c: v128, d: v128): void {
  const ab = f32x4.add(a, b), cd = f32x4.add(c, d), ba = f32x4.sub(a, b), dc = f32x4.sub(c, d);
  v128.store(at, f32x4.add(ab, cd));
  v128.store(at + step, f32x4.add(ba, dc));
  v128.store(at + 2 * step, f32x4.sub(ab, cd));
  v128.store(at + 3 * step, f32x4.sub(ba, dc));
}

@inline
function withinFour(values: v128): v128 {
  const pairs = f32x4.add(v128.shuffle<f32>(values, values, 1, 0, 3, 2), f32x4.mul(values, f32x4(1, -1, 1, -1)));
  return f32x4.add(v128.shuffle<f32>(pairs, pairs, 2, 3, 0, 1), f32x4.mul(pairs, f32x4(1, 1, -1, -1)));
}
