/** Numbers with their scores, in columns of which the first `count` places are looked at. */
export interface ScoredNumbers {
  readonly numbers: ArrayLike<number>;
  readonly scores: Float64Array;
  readonly count: number;
}

/** The places of the k greatest scores, greatest first; of equal ones that of the smaller number first. */
export function greatest({ numbers, scores, count }: ScoredNumbers, k: number): number[] {
  if (k === 0 || count === 0) return [];
  const least = kthGreatest(scores, count, Math.min(k, count));
  const places: number[] = [];
  for (let place = 0; place < count; place++) if (scores[place]! >= least) places.push(place);
  return places.sort((a, b) => scores[b]! - scores[a]! || numbers[a]! - numbers[b]!).slice(0, k);
}

/** The k-th greatest of the first `count` scores, of which there are k. */
export function kthGreatest(scores: Float64Array, count: number, k: number): number {
  // A heap of the greatest so far, the least of them first.
  const heap = scores.slice(0, k);
  for (let at = k >> 1; at >= 0; at--) sift(heap, at, heap[at]!);
  for (let place = k; place < count; place++) {
    if (scores[place]! > heap[0]!) sift(heap, 0, scores[place]!);
  }
  return heap[0]!;
}

/** Puts the score at this place of the heap, or below it. */
function sift(heap: Float64Array, from: number, score: number): void {
  let at = from;
  for (let child = 2 * at + 1; child < heap.length; child = 2 * at + 1) {
    if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++;
    if (score <= heap[child]!) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = score;
}
