/** The accuracy of a first pass. */
export interface Doubt {
  /** The largest distance by codes, less their mean error if that is positive. Infinite if every row is a candidate. */
  readonly farthest: number;
  /** Root mean square error of the candidates' distances by codes. */
  readonly error: number;
  /** Times the square root of a distance, the standard deviation of what any row's code says of it. 0 if that is not known. */
  readonly spread: number;
}

/**
 * The share of neighbours that a first pass is expected to miss, 0 to 1, given the distances of those it found. Errors of codes are
 * taken to be normal: a neighbour is missed if its code puts it beyond the farthest candidate.
 */
export function expectedLoss(doubt: Doubt, distances: Float32Array): number {
  if (doubt.farthest === Number.POSITIVE_INFINITY || distances.length === 0) return 0;
  return distances.reduce((sum, distance) => sum + lossAt(distance, doubt), 0) / distances.length;
}

function lossAt(distance: number, doubt: Doubt): number {
  const gap = doubt.farthest - distance;
  // Other rows may be as near as the neighbour.
  return upperTail(gap === 0 ? 0 : gap / errorAt(distance, doubt));
}

// Only rows whose codes are near become candidates. That makes their root mean square error too small, by a sixth at most.
const UNSEEN = 1.2;

// Candidates that are alike err alike, and say little of other rows: the error is no smaller than the spread of all codes.
function errorAt(distance: number, { error, spread }: Doubt): number {
  return Math.max(UNSEEN * error, spread * Math.sqrt(Math.max(0, distance)));
}

/** The share of a normal distribution above `z` deviations, to four digits (Page, 1977). */
function upperTail(z: number): number {
  return 1 / (1 + Math.exp(1.5976 * z + 0.070565992 * z ** 3));
}
