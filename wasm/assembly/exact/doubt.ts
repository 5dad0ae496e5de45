/**
 * How accurate codes are for one query. Each candidate has two distances, by its code and by its original; their difference is the
 * error of its code. A row that is not a candidate is, by its code, at least as far away as the farthest candidate. It can be
 * nearer than a hit only if its code errs by more than the difference.
 *
 * Candidates say little of other rows: they were chosen by their codes, and those that are alike err alike. The spread of bit codes
 * is known for all rows at once.
 */
import { BIT, codeKind } from "./layout";
import { bitSpread } from "./bits";
import { farthestOf, isFull, keyAt, sizeOf } from "./nearest";
import { distanceOf } from "../shared/pool";

/** The largest distance of a candidate by its code, less the mean error if that is positive. Infinite if every row is a candidate. */
export let farthestCandidate: f32 = Infinity;
/** The root mean square error of the candidates' codes. */
export let codeError: f32 = 0;
/** Times the square root of a distance, the standard deviation of what any row's code says of it. 0 if that is not known. */
export let codeSpread: f32 = 0;

export function trustAll(): void {
  farthestCandidate = Infinity;
  codeError = 0;
  codeSpread = 0;
}

/** `distances` are those of the candidates by their originals, in the same order. */
export function weigh(candidates: usize, distances: usize): void {
  trustAll();
  if (!isFull(candidates)) return;
  const count = sizeOf(candidates);
  let sum: f64 = 0, squares: f64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const error = <f64>(distanceOf(keyAt(candidates, i)) - load<f32>(distances + (i << 2)));
    sum += error;
    squares += error * error;
  }
  farthestCandidate = farthestOf(candidates) - <f32>max<f64>(0, sum / count);
  codeError = <f32>sqrt(squares / count);
  codeSpread = codeKind == BIT ? bitSpread : 0;
}
