import { mkdirSync, writeFileSync } from "node:fs";
import type { Bench, BenchReport, BenchRow, ChartLine } from "./bench.ts";
import { drawCurves } from "./curve-chart.ts";

export interface Run {
  readonly bench: Pick<Bench, "name" | "question">;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly report: BenchReport;
}

/** Writes `NAME.md` into the folder, and beside it an SVG for each chart. */
export function writeReport(folder: string, run: Run): void {
  mkdirSync(folder, { recursive: true });
  for (const chart of run.report.charts ?? []) writeFileSync(`${folder}/${chart.name}.svg`, drawCurves(chart));
  writeFileSync(`${folder}/${run.bench.name}.md`, markdownOf(run));
}

export function markdownOf({ bench, machine, report }: Run): string {
  const goals = report.goals.map(({ figure, goal, got, met }) => ({
    figure,
    goal,
    got: Number(got.toPrecision(4)),
    met: met ? "yes" : "no",
  }));
  const parts = [
    `# ${bench.name}`,
    bench.question,
    `On ${Object.values(machine).join(", ")}.`,
    ...(goals.length > 0 ? [table(goals)] : []),
    ...(report.rows.length > 0 ? [table(report.rows)] : []),
    ...(report.charts ?? []).flatMap((chart) => [
      `## ${chart.title}`,
      `![recall against searches a second](${encodeURI(chart.name)}.svg)`,
      table(chart.lines.flatMap(pointRows)),
    ]),
  ];
  return `${parts.join("\n\n")}\n`;
}

function pointRows({ name, points }: ChartLine): BenchRow[] {
  return points.map(({ ef, recall, rate, least, std }) => ({
    rival: name,
    ef,
    recall: Number(recall.toFixed(4)),
    "searches/s": Math.round(rate),
    "min /s": Math.round(least),
    "std /s": Math.round(std),
  }));
}

/** Columns are in the order of their first occurrence; numbers are aligned to the right. */
function table(rows: readonly BenchRow[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const right = columns.map((column) => rows.every((row) => typeof (row[column] ?? 0) === "number"));
  const line = (cells: readonly unknown[]) =>
    `| ${cells.map((cell) => String(cell ?? "").replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = line(right.map((isNumber) => (isNumber ? "--:" : "---")));
  return [line(columns), rule, ...rows.map((row) => line(columns.map((column) => row[column])))].join("\n");
}
