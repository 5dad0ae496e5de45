import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { type BenchReport, type BenchRow, type Log, spread } from "../bench.ts";
import { spreadFigures } from "./comparison.ts";
import type { EngineName } from "./engine.ts";
import { ENCODER_BUILDS, type Prepared } from "./prepared.ts";
import { type Opened, withEngine } from "./start-engine.ts";

const ROUNDS = 5;
const ENGINES: readonly EngineName[] = ["kernel", "ort-web-q8", "ort-node-q8"];
const MOST_GZ = 8000;
const MOST_LOAD_MS = 50;
const MEGABYTE = 1e6;

/** The costs of an engine: its code, its file, the time to a first vector and the memory that it adds to a fresh process. */
export async function weight(prepared: Prepared, log: Log): Promise<BenchReport> {
  const code = ENCODER_BUILDS.map(codeRow);
  const most = Math.max(...code.map(({ bytes }) => bytes));
  log(`opening in fresh processes, ${ROUNDS} rounds`);
  const there = await openings(prepared, "there");
  const read = await openings(prepared, "in the file");
  const loads = ENGINES.map((name) => there.get(name)!.map(({ milliseconds }) => milliseconds));
  const load = spread(loads[0]!).median;
  return {
    rows: [
      ...code.map(({ subject, bytes }) => ({ subject, unit: "bytes", median: bytes })),
      fileRow("file: packed", prepared.minilm.packed),
      fileRow("file: hub's q8", prepared.minilm.q8),
      ...ENGINES.map((name, i) => timeRow(name, loads[i]!)),
      ...ENGINES.map((name) => memoryRow(name, read.get(name)!)),
    ],
    goals: [
      { figure: "largest build, bytes gz", goal: `<= ${MOST_GZ}`, got: most, met: most <= MOST_GZ },
      { figure: "bytes to first vector, median ms", goal: `<= ${MOST_LOAD_MS}`, got: load, met: load <= MOST_LOAD_MS },
    ],
  };
}

function codeRow(build: string) {
  const path = fileURLToPath(import.meta.resolve(`@pipit/wasm/encoder-${build}.wasm`));
  return { subject: `code: encoder-${build}.wasm, gz`, bytes: gzipSync(readFileSync(path)).length };
}

function fileRow(subject: string, path: string): BenchRow {
  return { subject, unit: "bytes", median: statSync(path).size };
}

/** Each time is from a fresh process; it includes the compilation of the kernel's module and the probe that picks its build. */
function timeRow(name: EngineName, milliseconds: readonly number[]): BenchRow {
  const subject = `bytes in memory to first vector, fresh process: ${name}`;
  return { subject, unit: "ms", ...spreadFigures(milliseconds) };
}

function memoryRow(name: EngineName, opened: readonly Opened[]): BenchRow {
  const megabytes = opened.map(({ bytesAdded }) => bytesAdded / MEGABYTE);
  return { subject: `memory added to a fresh process: ${name}`, unit: "MB", ...spreadFigures(megabytes) };
}

async function openings({ minilm, inputs }: Prepared, bytes: "there" | "in the file") {
  const opened = new Map<EngineName, Opened[]>(ENGINES.map((name) => [name, []]));
  const first = inputs.sentences.slice(0, 1);
  for (let round = 0; round < ROUNDS; round++) {
    for (const engine of round % 2 === 0 ? ENGINES : ENGINES.toReversed()) {
      const job = { do: "open", engine, files: minilm, bytes, first } as const;
      opened.get(engine)!.push(await withEngine((running) => running.do(job)));
    }
  }
  return opened;
}
