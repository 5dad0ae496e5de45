import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { type Log, type Point, spread } from "../bench.ts";
import type { VectorSet } from "../vector-sets.ts";
import { type Contender, commandOf } from "./field.ts";

export interface Comparison {
  readonly set: VectorSet;
  readonly m: number;
  readonly efConstruction: number;
  readonly k: number;
  readonly efs: readonly number[];
  /** The number of processes per rival; each runs all queries at every ef in three passes after a warm-up. */
  readonly rounds: number;
  /**
   * `rebuild`: every process builds. `keep`: the first builds and later ones open its file; a rival that keeps no files has
   * one process, because building again would dominate the total time.
   */
  readonly graphs: "keep" | "rebuild";
}

export interface Result {
  readonly rival: Contender;
  /** One per process that built an index. */
  readonly buildSeconds: readonly number[];
  readonly bytesPerVector: number | undefined;
  readonly points: readonly Point[];
}

/** A line of JSON from a process: of its start, or of one ef. */
interface Line {
  readonly buildSeconds?: number;
  readonly bytesPerVector?: number;
  readonly ef?: number;
  readonly recall: number;
  readonly qpsMedian: number;
  readonly qpsMin: number;
}

const INNER_ROUNDS = 3;

/** Runs each rival in a fresh process in each round. The order is reversed each round. A rival that cannot run is skipped, which is logged. */
export async function compare(rivals: readonly Contender[], comparison: Comparison, log: Log): Promise<Result[]> {
  const commands = new Map(rivals.map((rival) => [rival, commandOf(rival, log)]));
  const contenders = rivals.filter((rival) => commands.get(rival));
  const lines = new Map<Contender, Line[]>(contenders.map((rival) => [rival, []]));
  const folder = mkdtempSync(`${tmpdir()}/pipit-graphs-`);
  try {
    for (let round = 0; round < comparison.rounds; round++) {
      for (const rival of round % 2 === 0 ? contenders : contenders.toReversed()) {
        const graph = comparison.graphs === "keep" ? [`${folder}/${rival}`] : [];
        if (round > 0 && !graph.every(existsSync)) continue;
        log(`${comparison.set.name}: ${rival}, round ${round + 1} of ${comparison.rounds}`);
        lines.get(rival)!.push(...(await linesOf([...commands.get(rival)!, ...argumentsOf(comparison), ...graph])));
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return contenders.map((rival) => resultOf(rival, lines.get(rival)!));
}

function argumentsOf({ set, m, efConstruction, k, efs }: Comparison): string[] {
  const numbers = [set.dimensions, set.truthK, k, m, efConstruction, INNER_ROUNDS].map(String);
  return [set.base, set.queries, set.truth, ...numbers, efs.join(",")];
}

function linesOf([program = "", ...args]: readonly string[]): Promise<Line[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    child.once("error", reject).once("close", (code) => {
      if (code !== 0) reject(new Error(`got exit code ${code} from ${program} ${args.join(" ")}, expected 0`));
      else resolve(parse(text));
    });
  });
}

/** A rival's library may print to the same stream. */
function parse(text: string): Line[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
}

function resultOf(rival: Contender, lines: readonly Line[]): Result {
  const efs = [...new Set(lines.flatMap(({ ef }) => ef ?? []))];
  return {
    rival,
    buildSeconds: lines.flatMap(({ buildSeconds }) => buildSeconds ?? []),
    bytesPerVector: lines.find(({ bytesPerVector }) => bytesPerVector)?.bytesPerVector,
    points: efs.sort((a, b) => a - b).map((ef) => pointOf(ef, lines)),
  };
}

/** Recall is the lowest of the processes: rivals that build again need not build the same graph. */
function pointOf(ef: number, lines: readonly Line[]): Point {
  const same = lines.filter((line) => line.ef === ef);
  const { median, std } = spread(same.map(({ qpsMedian }) => qpsMedian));
  const least = Math.min(...same.map(({ qpsMin }) => qpsMin));
  return { ef, recall: Math.min(...same.map(({ recall }) => recall)), rate: median, least, std };
}
