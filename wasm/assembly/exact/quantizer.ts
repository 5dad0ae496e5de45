/**
 * The quantizer's numbers, f32, written from outside once after `configure`:
 *
 *   int8     centers, then steps, `width` of each
 *   bit      means, `width`
 *   product  for each subspace and each of its 8 dimensions the values of all 256 centroids
 */
import { quantizerBytes } from "./layout";
import { allocate } from "../shared/memory";

export let quantizer: usize = 0;

export function makeQuantizerRoom(): bool {
  quantizer = allocate(quantizerBytes);
  return quantizer != 0;
}

/** Called by an instance that uses the numbers of another. */
export function useQuantizer(address: usize): void {
  quantizer = address;
}
