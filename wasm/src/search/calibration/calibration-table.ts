import type { Calibration } from "./calibrate.ts";
import type { Trial } from "./calibration-trial.ts";

type Column = readonly [name: string, cell: (trial: Trial) => string];

const COLUMNS: readonly Column[] = [
  ["m", ({ m }) => `${m}`],
  ["efConstruction", ({ efConstruction }) => `${efConstruction}`],
  ["ef", ({ ef }) => `${ef}`],
  ["recall", ({ recall }) => recall.toFixed(4)],
  ["mean ms", ({ mean }) => mean.toFixed(3)],
  ["p99 ms", ({ p99 }) => p99.toFixed(3)],
  ["build ms", ({ buildMs }) => buildMs.toFixed(0)],
  ["bytes/row", ({ bytesPerRow }) => bytesPerRow.toFixed(0)],
];

/** Every trial a line, the answer marked with `*`, and the reason below. */
export function calibrationTable({ trials, best, why, sample }: Calibration): string {
  const widths = COLUMNS.map(([name, cell]) => Math.max(name.length, ...trials.map((trial) => cell(trial).length)));
  const line = (mark: string, cells: readonly string[]) =>
    `${mark} ${cells.map((cell, i) => cell.padStart(widths[i]!)).join("  ")}`;
  return [
    `${sample.rows} rows, ${sample.queries} queries, recall@${sample.k}`,
    line(
      " ",
      COLUMNS.map(([name]) => name),
    ),
    ...trials.map((trial) =>
      line(
        trial === best ? "*" : " ",
        COLUMNS.map(([, cell]) => cell(trial)),
      ),
    ),
    why,
  ].join("\n");
}
