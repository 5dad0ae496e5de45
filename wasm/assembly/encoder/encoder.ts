/**
 * The encoder module's exports: the steps of a transformer's forward pass, each on memory that its caller laid out.
 * wasm/src/encoder/encoder-kernel.ts says how they are called; the steps of a model are data there, not code here.
 */
import { allocate, beginAt } from "../shared/memory";
export { beginHash, endHash, mixHash } from "../shared/hash";
export { gelu, quickGelu } from "./activations";
export { attend, attentionRoom } from "./attention";
export { CODE_BYTES, encodeRows } from "./codes";
export { dots } from "./dots";
export { addLookedUp, lookUp } from "./lookup";
export { multiply } from "./multiply";
export { lendNormRow, normAfter, normBefore } from "./norms";
export { sumRows, toUnitLength } from "./pooling";
export { centerRows, signBits } from "./token-vectors";

let isBegun = false;

/** Zeroed memory of so many bytes, 64-aligned, or 0 when memory cannot grow. It is never given back. */
export function take(bytes: u32): usize {
  // Below lie the state of hashing and the table of constants.
  if (!isBegun) beginAt(__heap_base);
  isBegun = true;
  return allocate(bytes);
}

let staging: usize = 0;
let stagingBytes: u32 = 0;

/** The address of a place for input of so many bytes, valid until a larger one is asked for; 0 when memory cannot grow. */
export function stage(bytes: u32): usize {
  if (bytes > stagingBytes) {
    staging = take(bytes);
    stagingBytes = staging ? bytes : 0;
  }
  return staging;
}
