import { PipitError } from "@pipit/core";
import { type Calibration, type CalibrationParts, calibrate } from "../calibration/calibrate.ts";
import type { CalibrationTarget } from "../calibration/choose-trial.ts";
import { type EfCurve, efOnCurve } from "../truth/ef-curve.ts";
import { Random } from "../truth/random.ts";
import type { SearchKernel } from "./search-kernel.ts";
import type { Tuning } from "./tuning.ts";

export type CalibrateOptions = Partial<
  Pick<CalibrationParts, "k" | "rows" | "asked" | "queries" | "seed" | "progress" | "signal" | "pause">
>;

export interface HnswCalibration {
  /** The ef of searches from now on, and the parameters of the next rebuild. */
  readonly tuning: Tuning;
  /** Whether the graph as it is reaches the recall, within the p99 where one was asked for. */
  readonly met: boolean;
  /** Of the whole index; undefined when no query could be counted. */
  readonly curve: EfCurve | undefined;
  /** The graphs that were tried on the sample. */
  readonly tried: Calibration;
}

export interface CalibratedIndex {
  readonly kernel: SearchKernel;
  /** Every slot that holds a row. */
  readonly slots: Uint32Array;
  readonly build: CalibrationParts["build"];
  readonly clock: CalibrationParts["clock"];
  measureCurve(k: number): Promise<EfCurve | undefined>;
}

/**
 * Tries graphs on a sample for m and efConstruction, and reads ef off the curve of the index itself, since a larger set needs
 * a wider search. Fails with `unsupported` without f32 originals, `bad-input` for too few rows, and as `calibrate` does.
 */
export async function calibrateHnsw(
  target: CalibrationTarget,
  index: CalibratedIndex,
  options: CalibrateOptions,
): Promise<HnswCalibration> {
  const { build, clock } = index;
  const { dimensions, metric } = index.kernel.shape;
  const vectors = drawStored(index, options);
  const tried = await calibrate(target, { ...options, build, clock, vectors, dimensions, metric });
  const { m, efConstruction, sample } = tried;
  const curve = await index.measureCurve(sample.k);
  const ef = (curve && efOnCurve(curve, target.recall, sample.k)) ?? tried.ef;
  const tuning = { recall: target.recall, k: sample.k, p99: target.p99, ef, m, efConstruction };
  return { tuning, met: curve !== undefined && reaches(curve, target), curve, tried };
}

/** Whether the first point whose ef is as large as the curve requires meets the target. */
function reaches(curve: EfCurve, { recall, p99 = Number.POSITIVE_INFINITY }: CalibrationTarget): boolean {
  const ef = efOnCurve(curve, recall, curve.k);
  const point = ef === undefined ? undefined : curve.points.find((point) => point.ef >= ef);
  return point !== undefined && point.recall >= recall && point.p99 <= p99;
}

/** As many stored vectors as a calibration can use, drawn at random, row-major. */
function drawStored({ kernel, slots }: CalibratedIndex, { rows = 10_000, asked = 200, seed = 1 }: CalibrateOptions) {
  assertOriginals(kernel);
  const { dimensions } = kernel.shape;
  const random = new Random(seed);
  const drawn = new Float32Array(Math.min(slots.length, rows + asked) * dimensions);
  for (let i = 0; i * dimensions < drawn.length; i++) {
    const other = i + random.below(slots.length - i);
    [slots[i], slots[other]] = [slots[other]!, slots[i]!];
    drawn.set(kernel.originalOf(slots[i]!)!, i * dimensions);
  }
  return drawn;
}

/** Throws `unsupported`. */
export function assertOriginals({ shape }: SearchKernel): void {
  if (shape.originals === "f32") return;
  throw new PipitError("unsupported", {
    got: `an index with originals "${shape.originals}"`,
    expected: "f32 originals to build graphs of",
    do: "Calibrate an index of a sample that keeps them, and build this one with the m and efConstruction it chose.",
  });
}
