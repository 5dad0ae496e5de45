/**
 * How far the first pass is to be trusted for the query at hand. Of each candidate both distances are known, by its code and by
 * its original: what lies between them is how wrong codes are here. A row that was passed over lies, by its code, at least as
 * far away as the farthest candidate, so that it can be nearer than a hit only if its code is wrong by all that lies between.
 */
import { farthestOf, isFull, keyAt, sizeOf } from "./nearest";
import { distanceOf } from "../shared/pool";

/** Of the candidates by their codes, less what codes put all of them too far away; infinite when none was passed over. */
export let farthestCandidate: f32 = Infinity;
/** The root mean square of what is wrong with the candidates' codes. */
export let codeError: f32 = 0;

export function trustAll(): void {
  farthestCandidate = Infinity;
  codeError = 0;
}

/** `distances` are the candidates' by their originals, in the same order. */
export function weigh(candidates: usize, distances: usize): void {
  trustAll();
  if (!isFull(candidates)) return;
  const count = sizeOf(candidates);
  let sum: f64 = 0, squares: f64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const wrong = <f64>(distanceOf(keyAt(candidates, i)) - load<f32>(distances + (i << 2)));
    sum += wrong;
    squares += wrong * wrong;
  }
  farthestCandidate = farthestOf(candidates) - <f32>max<f64>(0, sum / count);
  codeError = <f32>sqrt(squares / count);
}
