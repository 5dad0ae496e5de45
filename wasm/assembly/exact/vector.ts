/** The vector at hand, a query or one to be kept: f32, zeros from `dimensions` on, of unit length under cosine. */
import { dimensions, isCosine, width } from "./layout";
import { dotOf } from "../shared/lanes";
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
