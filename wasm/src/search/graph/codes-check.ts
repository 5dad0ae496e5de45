import type { SearchKernel } from "./search-kernel.ts";

const SAMPLED = 24;
const NEIGHBORS = 20;
/** Highest tolerated error, divided by the gap from the nearest neighbour to the twentieth. `npm test` prints the ratio of several sets. */
const TOO_MUCH = 0.06;
// Neighbours whose distances are equal in single precision are copies: any order of them is right.
const LEAST_GAP = 1e-6;

/**
 * The error of codes among near neighbours as a share of the gap between these: the median over a sample of stored rows. An error
 * that all neighbours share does not change their order and does not count. `slots` must hold rows, and the index originals.
 */
export function codeError(kernel: SearchKernel, slots: Uint32Array): number {
  const slotOf = new Map<number, number>();
  const step = Math.max(1, Math.floor(slots.length / SAMPLED));
  for (const slot of slots) slotOf.set(kernel.rowOf(slot), slot);
  const shares: number[] = [];
  for (let at = 0; at < slots.length; at += step) {
    const vector = kernel.originalOf(slots[at]!);
    if (vector) shares.push(errorAround(kernel, vector, { slots, slotOf }));
  }
  return shares.sort((a, b) => a - b)[shares.length >>> 1] ?? 0;
}

/** Whether these codes cannot tell neighbours apart, so that a graph by them would have low recall. */
export function areCodesBlind(kernel: SearchKernel, slots: Uint32Array): boolean {
  return codeError(kernel, slots) > TOO_MUCH;
}

interface Places {
  readonly slots: Uint32Array;
  readonly slotOf: ReadonlyMap<number, number>;
}

function errorAround(kernel: SearchKernel, vector: Float32Array, { slots, slotOf }: Places): number {
  const { rows, distances } = kernel.scan(vector, slots, { k: NEIGHBORS + 1 });
  // The first is the row itself, or a copy of it.
  const [near, exact] = [rows.subarray(1), distances.subarray(1)];
  const gap = (exact.at(-1) ?? 0) - (exact[0] ?? 0);
  if (gap < LEAST_GAP) return 0;
  const coded = kernel.codeDistances(near.map((row) => slotOf.get(row)!));
  return deviation(coded.map((distance, i) => distance - exact[i]!)) / gap;
}

function deviation(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
