import type { ProbeSearch } from "./probe.ts";
import type { TruthSample } from "./truth-sample.ts";

// A later query may lie farther than the farthest of a sample: by as much as the farthest lies beyond this many others, or by this share
// of its distance from the median. Where few queries are of a sparse part, the spread of all says nothing about that part.
const FARTHEST_FEW = 5;
const LEAST_SLACK = 0.1;
// A few queries of a sample may be of a part that is hard to search, and answered by chance. This share is not. A query counts as no later
// than these if it lies no farther beyond them than they lie beyond the median, or if only one row was late.
const MOST = 0.9;
const LEAST_LATE = 0.02;

// The tenth row that a filter allows has this rank among all rows if the filter allows a tenth. Fewer allowed rows are scanned.
const DEEP = 100;
const DEEP_QUERIES = 16;
// At least the ef of a walk under a filter (`firstEf`; it doubles ef).
const DEEP_EF = 300;

export interface ReachAsked {
  readonly k: number;
  readonly ef: number;
}

/**
 * The range of the answers that an ef was measured by: how far away they lie, and how late the walk came to them. An ef is measured
 * by queries like those that were asked, or like stored rows; a query unlike them may miss most of its neighbours at the same ef.
 */
export class AnswerReach {
  /** Of each rank, the distance up to which neighbours are known to be found. */
  #distances: readonly number[] | undefined;
  #latest = Number.POSITIVE_INFINITY;
  #deep: number | undefined;

  get isKnown(): boolean {
    return this.#distances !== undefined;
  }

  /** Whether an answer, nearest first, lies farther away, so that every row is to be measured. */
  isBeyond(answer: Float32Array): boolean {
    const distances = this.#distances;
    if (!distances) return false;
    const last = Math.min(answer.length, distances.length) - 1;
    return last >= 0 && answer[last]! > distances[last]!;
  }

  /**
   * Whether the walk came to more of its rows in its last quarter than it did for those queries. So it ended before it had come to the
   * rows near the query, as where many lie about equally far away.
   */
  isLate(late = 0): boolean {
    return late > this.#latest;
  }

  /** Share of the rows far beyond the nearest that a walk of that ef finds. A search under a filter needs them. */
  get beyond(): number {
    return this.#deep ?? 0;
  }

  /** Measures by the queries of the sample whose neighbours a search of that ef finds completely. False if there are none. */
  async measure(truth: TruthSample, search: ProbeSearch, asked: ReachAsked): Promise<boolean> {
    const found = await truth.foundTruths(search, asked);
    this.#distances = reachOf(
      found.map(({ distances }) => distances),
      asked.k,
    );
    this.#latest = latestOf(found.map(({ late }) => late));
    const deep = { k: DEEP, ef: Math.max(DEEP_EF, 2 * asked.ef), queries: DEEP_QUERIES };
    this.#deep = await truth.recallBeyond(search, deep);
    return found.length > 0;
  }
}

/** For each rank the farthest, and some more. */
function reachOf(found: readonly Float32Array[], k: number): number[] {
  return Array.from({ length: k }, (_, rank) => {
    const sorted = found.flatMap((distances) => distances[rank] ?? []).sort((a, b) => a - b);
    const [middle, farthest] = [sorted[sorted.length >> 1], sorted.at(-1)];
    if (middle === undefined || farthest === undefined) return Number.NEGATIVE_INFINITY;
    const nearestOfFew = sorted.at(-FARTHEST_FEW) ?? middle;
    return farthest + Math.max(farthest - nearestOfFew, LEAST_SLACK * (farthest - middle));
  });
}

function latestOf(late: number[]): number {
  const sorted = late.sort((a, b) => a - b);
  const [middle, most] = [sorted[sorted.length >> 1], sorted[Math.floor(MOST * sorted.length)]];
  if (middle === undefined || most === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(LEAST_LATE, most + (most - middle));
}
