/**
 * The only entry to all benchmarks: `npm run bench -- NAME [--count N] [--dimensions N] [--rivals A,B] [--json FILE]
 * [--report FOLDER]`; without a name it lists them.
 */
import { readdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import type { Bench, BenchReport } from "./bench.ts";
import { writeReport } from "./report.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const NOT_BENCHES = new Set(["run.ts", "bench.ts"]);

async function loadAll(): Promise<Bench[]> {
  const files = readdirSync(folder).filter((file) => /^[a-z-]+\.ts$/.test(file) && !NOT_BENCHES.has(file));
  const modules = await Promise.all(files.map((file) => import(pathToFileURL(`${folder}${file}`).href)));
  return modules.map((module) => module.bench).filter(Boolean);
}

function machine() {
  const [cpu] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return { cpu: cpu?.model ?? "unknown", cores: cpus().length, memory, node: process.version };
}

function print({ rows, goals }: BenchReport): void {
  console.table(rows);
  for (const { figure, goal, got, met } of goals) {
    console.log(`${met ? "met    " : "NOT MET"}  ${figure}: ${Number(got.toPrecision(4))} (goal ${goal})`);
  }
}

function whole(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new Error(`got --${name} ${text}, expected a whole number from 1. Pass another.`);
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: "string" },
    dimensions: { type: "string" },
    json: { type: "string" },
    report: { type: "string" },
    rivals: { type: "string" },
  },
});
const [name] = positionals;
const benches = await loadAll();
const bench = benches.find((candidate) => candidate.name === name);
if (bench) {
  console.log(`${bench.name}: ${bench.question}`);
  const report = await bench.run((line) => console.error(line), {
    count: whole("count", values.count),
    dimensions: whole("dimensions", values.dimensions),
    rivals: values.rivals?.split(","),
  });
  print(report);
  if (report.failsBelowGoals && report.goals.some(({ met }) => !met)) process.exitCode = 1;
  const result = { bench: bench.name, machine: machine(), ...report };
  if (values.json) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
  if (values.report) writeReport(values.report, { bench, machine: machine(), report });
} else {
  if (name) console.error(`got the name ${name}, expected one of the names below.`);
  for (const { name, question } of benches) console.log(`${name.padEnd(12)} ${question}`);
  process.exitCode = name ? 2 : 0;
}
