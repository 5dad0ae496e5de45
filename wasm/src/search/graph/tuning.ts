import { badSnapshot } from "../../shared/snapshot/container-reader.ts";

/** The result of a calibration. It is kept in the snapshot. */
export interface Tuning {
  /** The recall to reach, above 0 to 1. */
  readonly recall: number;
  /** Neighbours that it is counted over. */
  readonly k: number;
  /** Milliseconds that 99 of 100 searches should stay within, where that was asked for. */
  readonly p99: number | undefined;
  /** The ef of searches that name none. */
  readonly ef: number;
  /** The best parameters to build a graph of these vectors with. */
  readonly m: number;
  readonly efConstruction: number;
}

/** The ef for k neighbours. Beyond the calibrated k it grows in proportion, which is more than is needed. */
export function tunedEf({ ef, k: calibrated }: Tuning, k: number): number {
  return Math.max(k, Math.ceil(ef * Math.max(1, k / calibrated)));
}

export const TUNING_NUMBERS = 6;

/** As a snapshot keeps it: nothing, or six numbers with 0 for no p99. */
export function tuningNumbers(tuning: Tuning | undefined): number[] {
  if (!tuning) return [];
  const { recall, k, p99 = 0, ef, m, efConstruction } = tuning;
  return [recall, k, p99, ef, m, efConstruction];
}

/** Throws `bad-snapshot` for numbers that no calibration writes. */
export function readTuning(numbers: readonly number[]): Tuning | undefined {
  if (numbers.length === 0) return undefined;
  const [recall = 0, k = 0, p99 = -1, ef = 0, m = 0, efConstruction = 0] = numbers;
  const areWhole = [k, ef, m, efConstruction].every((value) => Number.isInteger(value) && value >= 1);
  const isTime = p99 >= 0 && p99 < Number.POSITIVE_INFINITY;
  if (numbers.length === TUNING_NUMBERS && areWhole && isTime && recall > 0 && recall <= 1)
    return { recall, k, p99: p99 || undefined, ef, m, efConstruction };
  throw badSnapshot(`the numbers ${numbers.join(", ")}`, "none, or the six of a calibration");
}
