import type { NeighborQuery } from "@pipit/core";
import { WIDEST } from "../options.ts";
import { EfPace } from "../truth/ef-pace.ts";
import type { Clock } from "../truth/search-times.ts";
import { type Tuning, tunedEf } from "./tuning.ts";

export interface EfChoiceParts {
  readonly ef: number | undefined;
  /** Milliseconds that a search should take. */
  readonly latency: number | undefined;
  readonly clock: Clock;
  /** The ef that a measured curve gives for a recall; undefined when there is none. */
  efFor(target: number, k: number): number | undefined;
  /** The ef that reaches the recall of the options; undefined if an exhaustive search of every row, or of every allowed one, is needed. */
  held(asked: NeighborQuery): number | undefined;
}

/** Searches with the same options, whose walks threads share. */
export interface WalkBatch {
  readonly asked: NeighborQuery;
  readonly searches: number;
  readonly threads: number;
}

/**
 * Chooses the `ef` of a search. The search's own `ef` comes first, then its `target` if a curve was measured. Then come
 * the index's options: latency, calibration, ef. Otherwise ef is the one that reaches the index's recall. Choosing does not calibrate, so that
 * no search waits for it.
 */
export class EfChoice {
  tuning: Tuning | undefined;
  readonly #parts: EfChoiceParts;
  #pacing: EfPace | undefined;
  #isLearning = false;

  constructor(parts: EfChoiceParts) {
    this.#parts = parts;
  }

  /** The ef of a walk; undefined if an exhaustive search is needed instead. `asked` was checked before. */
  ef(asked: NeighborQuery): number | undefined {
    const ef = this.#askedEf(asked) ?? this.#ownEf(asked);
    return ef && Math.min(WIDEST, ef);
  }

  /** Runs a walk of that ef, or the walks of a batch. */
  walk<T>(ef: number, walk: () => T, { asked, searches, threads }: WalkBatch): T {
    if (this.#askedEf(asked) !== undefined || !this.#isLearning || !this.#pace) return walk();
    const began = this.#parts.clock();
    const found = walk();
    const each = ((this.#parts.clock() - began) * Math.min(threads, searches)) / searches;
    for (let i = 0; i < searches; i++) this.#pace.observe(ef, each);
    return found;
  }

  /** Marks walks as those of real searches: the pace learns from their times if it chose their ef. */
  learning<T>(search: () => T): T {
    this.#isLearning = true;
    try {
      return search();
    } finally {
      this.#isLearning = false;
    }
  }

  #askedEf({ ef, target, k }: NeighborQuery): number | undefined {
    return ef ?? (target === undefined ? undefined : this.#parts.efFor(target, k));
  }

  #ownEf(asked: NeighborQuery): number | undefined {
    if (this.#pace) return this.#pace.ef(asked.k);
    if (this.tuning) return tunedEf(this.tuning, asked.k);
    return this.#parts.ef ?? this.#parts.held(asked);
  }

  // Made on first use, so that it starts from a calibration made by then.
  get #pace(): EfPace | undefined {
    const { latency, ef } = this.#parts;
    if (latency === undefined) return undefined;
    this.#pacing ??= new EfPace({ target: latency, start: this.tuning?.ef ?? ef });
    return this.#pacing;
  }
}
