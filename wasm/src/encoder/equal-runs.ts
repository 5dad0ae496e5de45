/** Consecutive items, from one index to before another. */
export type Run = readonly [from: number, to: number];

/** Cuts items of these weights into so many runs of about equal weight; fewer where a run would be empty. */
export function equalRuns(weights: readonly number[], most: number): Run[] {
  const each = weights.reduce((sum, weight) => sum + weight, 0) / most;
  const runs: [number, number][] = [];
  let [before, last] = [0, -1];
  for (const [i, weight] of weights.entries()) {
    // An item belongs to the run that its middle lies in.
    const share = Math.floor((before + weight / 2) / each);
    if (share !== last) runs.push([i, i]);
    runs.at(-1)![1] = i + 1;
    before += weight;
    last = share;
  }
  return runs;
}
