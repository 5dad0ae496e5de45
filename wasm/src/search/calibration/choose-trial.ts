import type { Trial } from "./calibration-trial.ts";

export interface CalibrationTarget {
  /** Share of the true neighbours to find, above 0 to 1. */
  readonly recall: number;
  /** Milliseconds that 99 of 100 searches should stay within. */
  readonly p99?: number | undefined;
}

// Trials within this factor of the quickest count as equally quick: less memory and a shorter build are worth more than that.
const AS_QUICK = 1.1;

/**
 * The cheapest trial that meets the target: of those as quick as the quickest, the one with the fewest links, then the
 * shortest build. When none meets it, the quickest by p99 that reaches the recall; when none does, the one nearest to it.
 */
export function chooseTrial(trials: readonly Trial[], target: CalibrationTarget): Trial {
  const meeting = trials.filter((trial) => meets(trial, target));
  if (meeting.length > 0) return cheapest(meeting);
  const reaching = trials.filter((trial) => trial.recall >= target.recall);
  if (reaching.length > 0) return reaching.toSorted((one, other) => one.p99 - other.p99)[0]!;
  return trials.toSorted((one, other) => other.recall - one.recall)[0]!;
}

export function meets({ recall, p99 }: Trial, target: CalibrationTarget): boolean {
  return recall >= target.recall && p99 <= (target.p99 ?? Number.POSITIVE_INFINITY);
}

/** In words, why that trial is the answer. */
export function whyChosen(chosen: Trial, target: CalibrationTarget): string {
  const recall = `recall ${chosen.recall.toFixed(4)} of ${target.recall} wanted`;
  if (chosen.recall < target.recall) return `no graph reached the recall: ${recall} at best, at ef ${chosen.ef}`;
  const p99 = target.p99 === undefined ? "" : `, p99 ${chosen.p99.toFixed(3)} ms of ${target.p99} allowed`;
  if (meets(chosen, target)) return `the cheapest that meets the target: ${recall}${p99}`;
  return `no graph that reached the recall was quick enough: ${recall}${p99} at best`;
}

function cheapest(trials: readonly Trial[]): Trial {
  const quickest = trials.reduce((least, { mean }) => Math.min(least, mean), Number.POSITIVE_INFINITY);
  return trials.filter(({ mean }) => mean <= quickest * AS_QUICK).toSorted(byCost)[0]!;
}

function byCost(one: Trial, other: Trial): number {
  return one.m - other.m || one.efConstruction - other.efConstruction;
}
