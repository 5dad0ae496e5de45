/** The accuracy of a first pass. */
export interface Doubt {
  /** The largest distance by codes, less their mean error if that is positive. Infinite if every row is a candidate. */
  readonly farthest: number;
  /** Root mean square error of the candidates' distances by codes. */
  readonly error: number;
  /**
   * Times the square root of a distance, the standard deviation of what any row's code says of it. 0 if that is not known.
   * To be added to distances before: `lengths`, 0 where vectors are of unit length.
   */
  readonly spread: number;
  readonly lengths: number;
}

// Neighbours that are alike have codes that are alike, and are missed together: certain ones make up for others only so far.
const ALIKE = 3;

/**
 * The share of neighbours that a first pass is expected to miss, 0 to 1, given the distances of those it found, nearest first. Errors
 * of codes are taken to be normal: a neighbour is missed if its code puts it beyond the farthest candidate. No less than a third of
 * the probability that neighbours as far away as the last are missed.
 */
export function expectedLoss(doubt: Doubt, distances: Float32Array): number {
  const last = distances.at(-1);
  if (doubt.farthest === Number.POSITIVE_INFINITY || last === undefined) return 0;
  const mean = distances.reduce((sum, distance) => sum + lossAt(distance, doubt), 0) / distances.length;
  return Math.max(mean, lossAt(last, doubt) / ALIKE);
}

function lossAt(distance: number, doubt: Doubt): number {
  const gap = doubt.farthest - distance;
  // Other rows may be as near as the neighbour.
  return upperTail(gap === 0 ? 0 : gap / errorAt(distance, doubt));
}

// Only rows whose codes are near become candidates. That makes their root mean square error too small, by a sixth at most.
const UNSEEN = 1.2;

// Candidates that are alike err alike, and say little of other rows: the error is no smaller than the spread of all codes.
function errorAt(distance: number, { error, spread, lengths }: Doubt): number {
  return Math.max(UNSEEN * error, spread * Math.sqrt(Math.max(0, distance + lengths)));
}

/** The share of a normal distribution above `z` deviations, to four digits (Page, 1977). */
function upperTail(z: number): number {
  return 1 / (1 + Math.exp(1.5976 * z + 0.070565992 * z ** 3));
}
