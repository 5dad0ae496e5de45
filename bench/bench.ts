/** The export `bench` of a benchmark file; `bench/run.ts` runs it, prints its rows and writes them as JSON. */
export interface Bench {
  readonly name: string;
  /** The one question that this file answers. */
  readonly question: string;
  run(log: Log, options: BenchOptions): Promise<BenchReport>;
}

export type Log = (line: string) => void;

/** The options of the command line; a bench ignores an option that it has no use for. */
export interface BenchOptions {
  /** Number of vectors in a set, for a quick run with fewer than the goals require. */
  readonly count?: number | undefined;
  readonly dimensions?: number | undefined;
  /** Of a comparison only these rivals run, in place of all. */
  readonly rivals?: readonly string[] | undefined;
}

export interface BenchReport {
  readonly rows: readonly BenchRow[];
  readonly goals: readonly Goal[];
  /** True if a goal that is not met makes the run fail (exit status 1): it was met before. */
  readonly failsBelowGoals?: true;
  readonly charts?: readonly Chart[];
}

/** Lines of recall against searches per second. */
export interface Chart {
  readonly name: string;
  readonly title: string;
  readonly lines: readonly ChartLine[];
}

export interface ChartLine {
  readonly name: string;
  /** In order of rising ef. */
  readonly points: readonly Point[];
}

/** The measurement at one ef. */
export interface Point {
  readonly ef: number;
  readonly recall: number;
  /** Searches per second: the median, the minimum and the spread of the samples. */
  readonly rate: number;
  readonly least: number;
  readonly std: number;
}

/** One printed line: a subject and its figures, each with its unit in the name (for example "p50 ms", "bytes"). */
export type BenchRow = Readonly<Record<string, string | number>>;

export interface Goal {
  readonly figure: string;
  /** A condition with its number: ">= 0.94". */
  readonly goal: string;
  readonly got: number;
  readonly met: boolean;
}

/** Statistics of repeated timings. */
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
