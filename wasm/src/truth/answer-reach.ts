import type { ProbeSearch } from "./probe.ts";
import type { TruthSample } from "./truth-sample.ts";

// Of the spread from the middle to the farthest of a sample.
const SLACK = 0.5;

export interface ReachAsked {
  readonly k: number;
  readonly ef: number;
}

/**
 * How far away answers lie that a breadth was measured by. Breadths are measured by queries like those that were asked, or like
 * stored rows; a query unlike them may miss most of its neighbours at the same breadth.
 */
export class AnswerReach {
  /** Of each rank, the distance up to which neighbours are known to be found. */
  private distances: readonly number[] | undefined;

  get isKnown(): boolean {
    return this.distances !== undefined;
  }

  /** Whether an answer, nearest first, lies farther away: it is to be had by measuring every row. */
  isBeyond(answer: Float32Array): boolean {
    const { distances } = this;
    if (!distances) return false;
    const last = Math.min(answer.length, distances.length) - 1;
    return last >= 0 && answer[last]! > distances[last]!;
  }

  /** By the neighbours of the sample's queries that a search of that breadth finds whole. */
  async measure(truth: TruthSample, search: ProbeSearch, asked: ReachAsked): Promise<void> {
    this.distances = reachOf(await truth.foundTruths(search, asked), asked.k);
  }
}

/** For each rank the farthest, and some more, as a query to come may be a little farther away than any of a small sample. */
function reachOf(found: readonly Float32Array[], k: number): number[] {
  return Array.from({ length: k }, (_, rank) => {
    const sorted = found.flatMap((distances) => distances[rank] ?? []).sort((a, b) => a - b);
    const [middle, farthest] = [sorted[sorted.length >> 1], sorted.at(-1)];
    if (middle === undefined || farthest === undefined) return Number.NEGATIVE_INFINITY;
    return farthest + SLACK * (farthest - middle);
  });
}
