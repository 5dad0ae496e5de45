/** The k numbers with the greatest scores, greatest first; of equal ones the smaller number first. */
export function greatest(numbers: readonly number[], k: number, scores: Float64Array): number[] {
  const isBefore = (a: number, b: number) => {
    const [x, y] = [scores[a]!, scores[b]!];
    return x > y || (x === y && a < b);
  };
  // A heap whose first number is the last of the best so far.
  const heap: number[] = [];
  const sift = (from: number) => {
    for (let at = from; ; ) {
      const left = 2 * at + 1;
      let last = at;
      if (left < heap.length && isBefore(heap[last]!, heap[left]!)) last = left;
      if (left + 1 < heap.length && isBefore(heap[last]!, heap[left + 1]!)) last = left + 1;
      if (last === at) return;
      [heap[at], heap[last]] = [heap[last]!, heap[at]!];
      at = last;
    }
  };
  for (const number of numbers) {
    if (heap.length < k) {
      heap.push(number);
      if (heap.length === k) for (let at = k >> 1; at >= 0; at--) sift(at);
    } else if (k > 0 && isBefore(number, heap[0]!)) {
      heap[0] = number;
      sift(0);
    }
  }
  return heap.sort((a, b) => (isBefore(a, b) ? -1 : 1));
}
