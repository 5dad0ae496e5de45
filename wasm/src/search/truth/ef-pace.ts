import { checkedPositive, checkedWhole } from "../../shared/option-check.ts";
import { WIDEST_EF } from "./ef-curve.ts";

export interface PaceOptions {
  /** Milliseconds that a search should take. */
  readonly target: number;
  /** ef before anything was seen, default 128. */
  readonly start?: number | undefined;
  /** Default 64. */
  readonly least?: number | undefined;
  /** Default 512. */
  readonly most?: number | undefined;
}

// The newest search weighs this much: a change of load is followed within some twenty searches.
const WEIGHT = 0.1;
// A pause of the machine says nothing about ef: one search counts as at most so many times its expected time.
const OUTLIER = 4;
// A changed ef changes answers, so that ef stays as it is this near to the target.
const CALM = 0.1;

/**
 * Lets ef follow a latency target. The time of a search is taken as proportional to ef, with an exponentially weighted mean
 * as the factor. A search also has a fixed cost, but since the factor is measured anew at each ef, the pace still settles
 * where searches take the target, or at the end of its range.
 */
export class EfPace {
  readonly #target: number;
  readonly #range: readonly [number, number];
  #current: number;
  #perEf = 0;
  #seen = 0;

  /** Fails with `bad-input` for a target that is no time or a range that is none. */
  constructor({ target, start = 128, least = 64, most = 512 }: PaceOptions) {
    checkedPositive("a target in ms", target);
    checkedPositive("a start", start);
    checkedWhole("least", least, [1, WIDEST_EF]);
    checkedWhole("most", most, [least, WIDEST_EF]);
    this.#target = target;
    this.#range = [least, most];
    this.#current = this.#within(start);
  }

  /** The ef to search with now; never below k, even where k is beyond the range. */
  ef(k: number): number {
    return Math.max(k, this.#current);
  }

  /** Learns from the time of a search, in milliseconds. */
  observe(ef: number, ms: number): void {
    // Times of a clock that was set back are ignored, and NaN, which is not at least 0.
    if (!(ef >= 1 && ms >= 0 && ms < Number.POSITIVE_INFINITY)) return;
    this.#seen++;
    const weight = Math.max(WEIGHT, 1 / this.#seen);
    const factor = Math.min(ms / ef, OUTLIER * this.#expectedPerEf());
    this.#perEf += weight * (factor - this.#perEf);
    const expected = this.#perEf * this.#current;
    if (Math.abs(expected - this.#target) > CALM * this.#target)
      this.#current = this.#within(this.#target / this.#perEf);
  }

  // A coarse clock measures 0 for quick searches; the expected time must not stay 0 then.
  #expectedPerEf(): number {
    return Math.max(this.#perEf, this.#target / this.#range[1]);
  }

  #within(ef: number): number {
    const [least, most] = this.#range;
    return Math.max(least, Math.min(most, Math.round(ef)));
  }
}
