import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, test } from "vitest";
import type { Chart, Point } from "./bench.ts";
import { drawCurves, spreadOut } from "./curve-chart.ts";
import { markdownOf, type Run, writeReport } from "./report.ts";

const point = (ef: number, recall: number, rate: number): Point => ({ ef, recall, rate, least: rate, std: 0 });
const chart: Chart = {
  name: "set-a",
  title: "Set <A> & more",
  lines: [
    {
      name: "quick",
      points: [point(10, 0.9, 30_000), point(20, 0.98, 20_000), point(40, 1, 10_000), point(80, 1, 4_000)],
    },
    { name: "slow", points: [point(10, 0.92, 400)] },
    { name: "silent", points: [] },
  ],
};
const run: Run = {
  bench: { name: "search", question: "How quick?" },
  machine: { cpu: "Some | CPU", cores: 2 },
  report: {
    rows: [
      { subject: "a", "searches/s": 10 },
      { subject: "b", why: "left out" },
    ],
    goals: [{ figure: "ratio", goal: ">= 2", got: 1.23456, met: false }],
    charts: [chart],
  },
};

describe("a report in Markdown", () => {
  test("names the machine, and for each goal the result and whether it was met", () => {
    const text = markdownOf(run);
    expect(text).toContain("On Some | CPU, 2.");
    expect(text).toContain("| ratio | >= 2 | 1.235 | no |");
  });

  test("has a column for every figure that any row has, and leaves a cell empty that a row lacks", () => {
    expect(markdownOf(run)).toContain(
      "| subject | searches/s | why |\n| --- | --: | --- |\n| a | 10 |  |\n| b |  | left out |",
    );
  });

  test("lists every measured point under its picture", () => {
    expect(markdownOf(run)).toContain("](set-a.svg)");
    expect(markdownOf(run)).toContain("| quick | 80 | 1 | 4000 | 4000 | 0 |");
  });

  test("keeps a bar in a cell from ending the cell", () => {
    const rows = [{ subject: "a|b" }];
    expect(markdownOf({ ...run, report: { rows, goals: [] } })).toContain("| a\\|b |");
  });

  test("lies in its folder beside its pictures", () => {
    const folder = mkdtempSync(`${tmpdir()}/pipit-report-`);
    writeReport(`${folder}/new`, run);
    expect(readdirSync(`${folder}/new`).sort()).toEqual(["search.md", "set-a.svg"]);
    rmSync(folder, { recursive: true });
  });
});

describe("a picture of curves", () => {
  const svg = drawCurves(chart);
  const circles = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [Number(x), Number(y)]);

  test("names each rival that has points, and no other", () => {
    expect(svg).toContain(">quick</text>");
    expect(svg).toContain(">slow</text>");
    expect(svg).not.toContain("silent");
  });

  test("goes to the right with recall and up with the rate", () => {
    const [first, second] = circles;
    expect(second![0]).toBeGreaterThan(first![0]!);
    expect(second![1]).toBeGreaterThan(first![1]!);
  });

  test("ends a curve where all is found", () => {
    expect(circles).toHaveLength(4);
  });

  test("keeps text from becoming markup", () => {
    expect(svg).toContain("Set &lt;A&gt; &amp; more");
  });

  test("has colors of its own for a dark page", () => {
    expect(svg).toContain("prefers-color-scheme:dark");
  });
});

describe("labels", () => {
  test("stay where they are when there is room", () => {
    expect(spreadOut([100, 200, 300])).toEqual([100, 200, 300]);
  });

  test("move apart when they would cover one another, and none falls out at the foot", () => {
    const places = spreadOut([450, 452, 455]);
    expect(places[1]! - places[0]!).toBeGreaterThanOrEqual(16);
    expect(places[2]! - places[1]!).toBeGreaterThanOrEqual(16);
    expect(places[2]).toBeLessThanOrEqual(460);
  });
});
