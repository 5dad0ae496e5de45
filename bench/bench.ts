/** What a benchmark file exports as `bench`; `bench/run.ts` runs it, prints its rows and writes them as JSON. */
export interface Bench {
  readonly name: string;
  /** The one question this file answers. */
  readonly question: string;
  run(log: (line: string) => void): Promise<BenchReport>;
}

export interface BenchReport {
  readonly rows: readonly BenchRow[];
  readonly goals: readonly Goal[];
}

/** One printed line: a subject and its figures, each with its unit in the name (for example "p50 ms", "bytes"). */
export type BenchRow = Readonly<Record<string, string | number>>;

export interface Goal {
  readonly figure: string;
  /** In words with the number: ">= 0.94". */
  readonly goal: string;
  readonly got: number;
  readonly met: boolean;
}

/** Spread of repeated timings. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly p95: number;
  readonly mean: number;
  readonly std: number;
}

export function spread(samples: readonly number[]): Spread {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const variance = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / sorted.length;
  return { min: at(0), median: at(0.5), p95: at(0.95), mean, std: Math.sqrt(variance) };
}
