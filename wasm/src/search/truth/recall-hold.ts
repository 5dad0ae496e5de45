import { letOthersRun } from "@pipit/core";
import type { AnswerReach } from "./answer-reach.ts";
import type { EfCurve } from "./ef-curve.ts";
import type { ProbeSearch } from "./probe.ts";
import type { Clock } from "./search-times.ts";
import type { TruthSample } from "./truth-sample.ts";

export interface HoldParts {
  /** Recall that searches are held to, above 0 to 1. */
  readonly target: number;
  /** The kept truth; an index that is opened replaces its own. */
  truth(): TruthSample;
  /** A search of a given ef that does not use this hold and is not observed by the truth. */
  readonly search: ProbeSearch;
  readonly clock: Clock;
  /** Whether a search of that ef costs less than measuring so many rows. */
  isWorth(ef: number, count: number): boolean;
  /** Measured with each ef that is held. */
  readonly reach?: AnswerReach | undefined;
}

/** The result of a measure: the ef for K neighbours, undefined if none reaches the target. */
export interface Held {
  readonly ef: number | undefined;
  readonly recall: number;
  /** Median milliseconds of a search at that ef. */
  readonly median: number;
  readonly count: number;
}

/** An index that was opened: its rows, and how many of them have changed since its recall was measured. */
export interface Restored {
  readonly count: number;
  readonly changed: number;
}

/** The number of neighbours that recall is measured with. */
export const K = 10;
// A sample errs, and later queries may be harder: no ef below LEAST is used, and larger ones are multiplied by MARGIN.
const LEAST = 64;
const MARGIN = 1.5;
/** Up to so many rows, every search measures all: that is faster than keeping a truth. */
export const FEW_ROWS = 4096;
// Real queries replace stored vectors in the sample and may be harder: after so many, ef is measured again.
const FIRST_ASKED = 64;
const ASKED_GROWTH = 8;

/**
 * Holds a recall by calibration: in the background it finds, on the kept truth, the ef that reaches the target. It calibrates again when
 * half of the rows have changed or many queries were asked. Until an ef is known, and if none is good enough, searches are exhaustive: they
 * take longer, but miss nothing.
 */
export class RecallHold {
  readonly #parts: HoldParts;
  #held: Held | undefined;
  #changed = 0;
  #asked = 0;
  #nextAsked = FIRST_ASKED;
  #measuring: Promise<void> | undefined;
  #isPausing = false;

  constructor(parts: HoldParts) {
    this.#parts = parts;
  }

  /** The ef for k of `count` rows; undefined if all rows are to be measured. Starts a measure that is due. */
  ef(k: number, count: number): number | undefined {
    if (count <= FEW_ROWS) return undefined;
    this.#asked++;
    if (this.#isDue) this.measure();
    return this.#worthwhile(k, count);
  }

  /** The ef for ten of `count` rows; undefined if it is unknown or all rows are to be measured. Starts no measure. */
  candidates(count: number): number | undefined {
    return count > FEW_ROWS ? this.#worthwhile(K, count) : undefined;
  }

  /** Expected milliseconds of a search for ten; undefined while unknown, and if all rows are measured. */
  expectedTime(count: number): number | undefined {
    const isNarrow = count > FEW_ROWS && this.#worthwhile(K, count) !== undefined;
    return isNarrow && this.#held ? this.#held.median * MARGIN : undefined;
  }

  noteChanged(rows: number): void {
    this.#changed += rows;
  }

  /** Share of the true neighbours that searches of ten find now; 1 where all rows are measured. */
  recall(count: number): number {
    const isNarrow = count > FEW_ROWS && this.#worthwhile(K, count) !== undefined;
    return isNarrow && this.#held ? this.#held.recall : 1;
  }

  /** The result of the newest measure; snapshots store it. */
  get state(): Held | undefined {
    return this.#held;
  }

  /** Rows that have changed since the newest measure; snapshots store it. */
  get changedSince(): number {
    return this.#changed;
  }

  /** Uses an earlier result if it was measured on a similar number of rows. `changed` rows have changed since. */
  restore(held: Held | undefined, { count, changed }: Restored): void {
    const isOfThese = held && held.count <= 2 * count && count <= 2 * held.count;
    if (isOfThese) this.#held = held;
    this.#changed = changed;
  }

  /** Uses a curve that was measured for another purpose. */
  restoreCurve(curve: EfCurve | undefined, restored: Restored): void {
    const { target } = this.#parts;
    const isReached = curve?.k === K && curve.points.some(({ recall }) => recall >= target);
    this.restore(isReached ? heldBy(curve, target) : undefined, restored);
  }

  /** Resolves when no measure is under way. Never rejects. */
  async whenMeasured(): Promise<void> {
    await this.#measuring;
  }

  /** Measures now, unless a measure is under way. Resolves at its end. */
  measure(): Promise<void> {
    this.#measuring ??= this.#measureNow().finally(() => {
      this.#measuring = undefined;
    });
    return this.#measuring;
  }

  /** The truth calls it between scans, so that other calls run while a measure is under way. */
  async pause(): Promise<void> {
    if (this.#isPausing) await letOthersRun();
  }

  #worthwhile(k: number, count: number): number | undefined {
    // The reach of an ef is not in a snapshot; until it is measured, no answer can be checked.
    const ef = this.#parts.reach?.isKnown === false ? undefined : this.#held?.ef;
    // For k above K, ef grows in proportion. Where K neighbours lie together, and others far from them, no less is enough.
    const wide = ef && Math.ceil(Math.max(LEAST, ef * MARGIN) * Math.max(1, k / K));
    return wide && this.#parts.isWorth(wide, count) ? wide : undefined;
  }

  get #isDue(): boolean {
    const isComplete = this.#held && (this.#held.ef === undefined || this.#parts.reach?.isKnown !== false);
    return !isComplete || this.#hasChanged || this.#asked >= this.#nextAsked;
  }

  get #hasChanged(): boolean {
    return this.#held !== undefined && this.#changed * 2 >= this.#held.count;
  }

  /** Measures the reach of an ef that came with a snapshot, if nothing else is due. True if that was all that was missing. */
  async #measureReach(truth: TruthSample): Promise<boolean> {
    const { reach, search } = this.#parts;
    const ef = this.#held?.ef;
    if (!reach || reach.isKnown || ef === undefined || this.#hasChanged) return false;
    return reach.measure(truth, search, { k: K, ef: withMargin(ef) });
  }

  async #measureNow(): Promise<void> {
    const { target, clock, search, reach } = this.#parts;
    this.#isPausing = true;
    try {
      await letOthersRun();
      const [changed, truth] = [this.#changed, this.#parts.truth()];
      if (await this.#measureReach(truth)) return;
      const asked = { k: K, target: aimOf(target), clock, scans: Number.MAX_SAFE_INTEGER };
      const curve = await truth.measureCurve(search, asked);
      this.#changed -= changed;
      if (this.#asked >= this.#nextAsked) this.#nextAsked = this.#asked * ASKED_GROWTH;
      const held = curve && heldBy(curve, target);
      if (held?.ef) await reach?.measure(truth, search, { k: K, ef: withMargin(held.ef) });
      this.#held = held ?? this.#held;
    } catch {
      // The index was closed or emptied meanwhile. Every row is measured as before; the next search tries again.
    } finally {
      this.#isPausing = false;
    }
  }
}

function withMargin(ef: number): number {
  return Math.max(LEAST, Math.ceil(ef * MARGIN));
}

/** The recall to aim at: half of the tolerated misses are left for queries that the sample does not represent. */
function aimOf(target: number): number {
  return (1 + target) / 2;
}

function heldBy({ points, count }: EfCurve, target: number): Held {
  const aim = aimOf(target);
  const point = points.find(({ recall }) => recall >= aim) ?? points.find(({ recall }) => recall >= target);
  if (point) return { ef: point.ef, recall: point.recall, median: point.median, count };
  return { ef: undefined, recall: 1, median: 0, count };
}
