import { throwIfAborted } from "@pipit/core";
import { checkedPositive, checkedPositiveShare } from "../../shared/option-check.ts";
import type { Clock } from "../truth/search-times.ts";
import { drawSample, type SampleParts } from "./calibration-sample.ts";
import { runTrial, type Trial, type TrialBench, type TrialIndex, type TrialShape } from "./calibration-trial.ts";
import { type CalibrationTarget, chooseTrial, meets, whyChosen } from "./choose-trial.ts";

export interface CalibrationParts extends SampleParts {
  /** Makes an empty index over these dimensions; calibration fills and closes it. */
  build(shape: TrialShape): Promise<TrialIndex>;
  readonly clock: Clock;
  /** Neighbours that recall is counted over, default 10. */
  readonly k?: number | undefined;
  /** Told before each trial. */
  progress?(progress: CalibrationProgress): void;
  readonly signal?: AbortSignal | undefined;
  /** Awaited between batches and rounds, so that a host of one thread serves others and sees the signal. */
  pause?(): Promise<void>;
}

export interface CalibrationProgress {
  /** Trials done. */
  readonly done: number;
  /** Trials there can be at most; the walk mostly ends sooner. */
  readonly most: number;
  /** The graph that is being tried. */
  readonly shape: TrialShape;
}

export interface Calibration extends TrialShape {
  readonly ef: number;
  readonly met: boolean;
  /** Why it was chosen, in words; when the target is not met, what is missing. */
  readonly why: string;
  readonly best: Trial;
  /** In the order they were run. */
  readonly trials: readonly Trial[];
  readonly sample: { readonly rows: number; readonly queries: number; readonly k: number };
}

const M = [8, 12, 16, 24, 32, 48];
const EF_CONSTRUCTION = [64, 128, 200, 400];
const FIRST = { m: 16, efConstruction: 200 };

/**
 * Finds the cheapest m, efConstruction and ef for a recall and, where given, a p99 in milliseconds; `chooseTrial` defines
 * cheap. It builds a path through the grid instead of all of it: from m 16 and efConstruction 200 to smaller m while that is
 * chosen, or else to larger; then with that m to smaller efConstruction while that is chosen, or else to larger. It assumes
 * that each cost has one minimum.
 *
 * A larger set needs a wider ef than a sample: take m and efConstruction from here, and ef from a curve of the set itself.
 *
 * Fails with `bad-input` (a target or sample that makes no sense), `aborted`, and as `build` fails.
 */
export async function calibrate(target: CalibrationTarget, parts: CalibrationParts): Promise<Calibration> {
  const k = parts.k ?? 10;
  assertTarget(target);
  const checkpoint = async () => {
    await parts.pause?.();
    throwIfAborted(parts.signal);
  };
  const sample = await drawSample(parts, k, checkpoint);
  const { clock } = parts;
  const bench = {
    sample,
    recall: target.recall,
    k,
    clock,
    build: (shape: TrialShape) => parts.build(shape),
    checkpoint,
  };
  const walk = new Walk(target, parts, bench);
  const best = await walk.run();
  const { m, efConstruction, ef } = best;
  return {
    ...{ m, efConstruction, ef },
    met: meets(best, target),
    why: whyChosen(best, target),
    best,
    trials: walk.trials,
    sample: { rows: sample.rows.length, queries: sample.queries.length, k },
  };
}

class Walk {
  readonly trials: Trial[] = [];
  readonly #target: CalibrationTarget;
  readonly #progress: CalibrationParts["progress"];
  readonly #bench: TrialBench;

  constructor(target: CalibrationTarget, { progress }: CalibrationParts, bench: TrialBench) {
    this.#target = target;
    this.#progress = progress;
    this.#bench = bench;
  }

  async run(): Promise<Trial> {
    await this.#try(FIRST);
    const { efConstruction } = FIRST;
    await this.#along(M, FIRST.m, (m) => ({ m, efConstruction }));
    const { m } = this.#best;
    await this.#along(EF_CONSTRUCTION, efConstruction, (value) => ({ m, efConstruction: value }));
    return this.#best;
  }

  /** Down from `start` while the newest is chosen; up in the same way when the first step down was not. */
  async #along(ladder: readonly number[], start: number, shapeOf: (step: number) => TrialShape): Promise<void> {
    const at = ladder.indexOf(start);
    const down = ladder.slice(0, at).reverse();
    const went = await this.#follow(down.map(shapeOf));
    if (!went) await this.#follow(ladder.slice(at + 1).map(shapeOf));
  }

  /** Whether the first step was chosen. */
  async #follow(shapes: readonly TrialShape[]): Promise<boolean> {
    for (const [i, shape] of shapes.entries()) {
      const trial = await this.#try(shape);
      if (this.#best !== trial) return i > 0;
    }
    return shapes.length > 0;
  }

  async #try(shape: TrialShape): Promise<Trial> {
    this.#progress?.({ done: this.trials.length, most: M.length + EF_CONSTRUCTION.length - 1, shape });
    const trial = await runTrial(this.#bench, shape);
    this.trials.push(trial);
    return trial;
  }

  get #best(): Trial {
    return chooseTrial(this.trials, this.#target);
  }
}

function assertTarget({ recall, p99 }: CalibrationTarget): void {
  checkedPositiveShare("a recall", recall);
  if (p99 !== undefined) checkedPositive("a p99 in ms", p99);
}
