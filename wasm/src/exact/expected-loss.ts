/** What is known of a first pass by codes. Distances are those of its candidates. */
export interface Doubt {
  /** The farthest by codes, less what codes put all too far away; infinite when no row was passed over. */
  readonly farthest: number;
  /** Root mean square of what is wrong with distances by codes. */
  readonly error: number;
}

/**
 * The share of neighbours that a first pass is to be expected to have missed, 0 to 1, when these are the distances of those it
 * found. Errors of codes are taken to be normal: a neighbour at `d` is missed when its code puts it beyond the farthest candidate.
 */
export function expectedLoss({ farthest, error }: Doubt, distances: Float32Array): number {
  if (farthest === Number.POSITIVE_INFINITY || distances.length === 0) return 0;
  const losses = distances.reduce((sum, distance) => sum + lossAt(farthest - distance, error), 0);
  return losses / distances.length;
}

// Candidates are those that codes put near. Without the others the root mean square is too small by a sixth at most.
const UNSEEN = 1.2;

// As near as the farthest candidate, rows that were passed over may be as near.
function lossAt(gap: number, error: number): number {
  return upperTail(gap === 0 ? 0 : gap / (UNSEEN * error));
}

/** The share of a normal distribution above `z` deviations, to four digits (Page, 1977). */
function upperTail(z: number): number {
  return 1 / (1 + Math.exp(1.5976 * z + 0.070565992 * z ** 3));
}
