/** The vector at hand, a query or one to be kept: f32, zeros from `dimensions` on, of unit length under cosine. */
import { dimensions, isCosine, width } from "./layout";
import { allocate } from "../shared/memory";

export let padded: usize = 0;

export function makeVectorRoom(): bool {
  padded = allocate(<u64>width << 2);
  return padded != 0;
}

export function pad(source: usize): void {
  memory.copy(padded, source, dimensions << 2);
  if (!isCosine) return;
  const factor = f32x4.splat(<f32>1 / sqrt<f32>(squareOf(padded, width)));
  for (let at: u32 = 0; at < width << 2; at += 16) v128.store(padded + at, f32x4.mul(v128.load(padded + at), factor));
}

/** `values` is a multiple of 4. */
export function squareOf(vector: usize, values: u32): f32 {
  return dotOf(vector, vector, values);
}

export function dotOf(a: usize, b: usize, values: u32): f32 {
  let sums = f32x4.splat(0);
  for (let at: u32 = 0; at < values << 2; at += 16) {
    sums = f32x4.add(sums, f32x4.mul(v128.load(a + at), v128.load(b + at)));
  }
  return addLanes(sums);
}

/** In one fixed order, so that all machines round alike. */
// @ts-ignore: decorator
@inline
export function addLanes(sums: v128): f32 {
  return (
    f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1) +
    (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3))
  );
}

// @ts-ignore: decorator
@inline
export function four(a: f32, b: f32, c: f32, d: f32): v128 {
  return f32x4.replace_lane(f32x4.replace_lane(f32x4.replace_lane(f32x4.splat(a), 1, b), 2, c), 3, d);
}
