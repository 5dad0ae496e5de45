/** The accuracy of a first pass, by its candidates. */
export interface Doubt {
  /** The largest distance by codes, less their mean error if that is positive. Infinite if every row is a candidate. */
  readonly farthest: number;
  /** Root mean square error of distances by codes. */
  readonly error: number;
}

/**
 * The share of neighbours that a first pass is expected to miss, 0 to 1, given the distances of those it found. Errors of codes are
 * taken to be normal: a neighbour is missed if its code puts it beyond the farthest candidate.
 */
export function expectedLoss({ farthest, error }: Doubt, distances: Float32Array): number {
  if (farthest === Number.POSITIVE_INFINITY || distances.length === 0) return 0;
  const losses = distances.reduce((sum, distance) => sum + lossAt(farthest - distance, error), 0);
  return losses / distances.length;
}

// Only rows whose codes are near become candidates. That makes their root mean square error too small, by a sixth at most.
const UNSEEN = 1.2;

// At a gap of 0 other rows may be as near as the neighbour.
function lossAt(gap: number, error: number): number {
  return upperTail(gap === 0 ? 0 : gap / (UNSEEN * error));
}

/** The share of a normal distribution above `z` deviations, to four digits (Page, 1977). */
function upperTail(z: number): number {
  return 1 / (1 + Math.exp(1.5976 * z + 0.070565992 * z ** 3));
}
