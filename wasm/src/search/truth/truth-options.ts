import { checkedShare, checkedWhole } from "../../shared/option-check.ts";
import type { Clock } from "./search-times.ts";
import { DEEPEST, MOST_QUERIES, type TruthState } from "./truth-bytes.ts";

export interface TruthOptions {
  readonly dimensions: number;
  /** Queries kept, 1 to 4096, default 64. */
  readonly size?: number | undefined;
  /** True neighbours kept for each query, 1 to 1000, default 10: the largest k that recall can be asked for. */
  readonly depth?: number | undefined;
  /** The share of the set that may be added before a truth is stale, default .01; recall may err upward by as much. */
  readonly drift?: number | undefined;
  readonly seed?: number | undefined;
}

export interface RecallOptions {
  /** 1 to the depth, default 10 or the depth where that is less. */
  readonly k?: number | undefined;
  /** Passed on to the search, which chooses when it is absent. */
  readonly ef?: number | undefined;
  /** Scans of the whole set that the call may make, default 8. */
  readonly scans?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface CurveOptions extends Omit<RecallOptions, "ef"> {
  /** Recall at which to stop widening, above 0 to 1. */
  readonly target: number;
  readonly clock: Clock;
}

/** A sample of nothing yet. Throws `bad-input`. */
export function emptyState({ dimensions, size = 64, depth = 10, drift = 0.01, seed = 1 }: TruthOptions): TruthState {
  checkedWhole("dimensions", dimensions, [1, 65536]);
  checkedWhole("size", size, [1, MOST_QUERIES]);
  checkedWhole("depth", depth, [1, DEEPEST]);
  checkedWhole("seed", seed, [0, 2 ** 32 - 1]);
  checkedShare("drift", drift);
  const nothing = { seen: 0, scans: 0, asked: [], standIns: [], curve: undefined };
  return { dimensions, size, depth, drift, random: seed, ...nothing };
}
