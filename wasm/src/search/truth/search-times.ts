/** Milliseconds from any fixed moment; never goes back. */
export type Clock = () => number;

export interface SearchTimes {
  /** Milliseconds of the middle search. */
  readonly median: number;
  /** Milliseconds that 99 of 100 searches stay within; of fewer than 100, the slowest. */
  readonly p99: number;
}

export function summarize(times: readonly number[]): SearchTimes {
  const sorted = Float64Array.from(times).sort();
  return { median: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
}

/** The percentile by nearest rank: a measured time, never one between two. */
function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
