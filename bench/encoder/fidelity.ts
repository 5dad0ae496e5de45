import { createHash } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { MINILM, MINILM_SPACE } from "@pipit/core";
import type { TextSet } from "@pipit/test/fixtures/text-sets";
import { dot } from "@pipit/test/fixtures/vectors";
import type { BenchReport, BenchRow, Goal, Log } from "../bench.ts";
import { readFloats } from "../row-files.ts";
import type { Asked, EngineName, ModelFiles } from "./engine.ts";
import { callsOf, type Rows } from "./inputs.ts";
import type { Prepared } from "./prepared.ts";
import { withEngine } from "./start-engine.ts";

const CACHE = fileURLToPath(new URL("../../node_modules/.cache/pipit-bench", import.meta.url));
const { dimensions } = MINILM_SPACE;
const LEAST = { mean: 0.998, min: 0.99 };
const MOST_SPEARMAN = 0.001;

/** The cosines to fp32's vectors over all STS-B sentences, each alone; those of the hub's q8 beside them. */
export async function fidelity({ inputs, minilm, fromQ8, picked }: Prepared, log: Log): Promise<BenchReport> {
  const { sentences, stsb } = inputs;
  log(`fidelity over ${sentences.length} sentences`);
  const truth = await fp32Vectors(sentences, minilm, log);
  const judged = async (subject: string, engine: EngineName, files: ModelFiles) =>
    judge(subject, { rows: await vectorsOf({ engine, files }, callsOf(sentences, 1)), truth, stsb });
  const [ours, ...others] = await Promise.all([
    judged("kernel packed from fp32", picked, minilm),
    judged("kernel packed from q8", picked, fromQ8),
    judged("hub's q8 (onnxruntime-node)", "ort-node-q8", minilm),
  ]);
  const all = judge("fp32 (onnxruntime-node)", { rows: truth, truth, stsb });
  return { rows: [ours, ...others, all].map(rowOf), goals: goalsOf(ours, all.spearman) };
}

interface Judged {
  readonly subject: string;
  readonly mean: number;
  readonly min: number;
  readonly spearman: number;
}

interface Case {
  readonly rows: Float32Array;
  readonly truth: Float32Array;
  readonly stsb: TextSet;
}

function judge(subject: string, { rows, truth, stsb }: Case): Judged {
  const cosines = cosinesOf(rows, truth, dimensions);
  const half = rows.length / 2;
  const spearman = stsb.score({ rows: rows.subarray(0, half), dimensions }, { rows: rows.subarray(half), dimensions });
  return { subject, mean: meanOf(cosines), min: Math.min(...cosines), spearman };
}

function rowOf({ subject, mean, min, spearman }: Judged): BenchRow {
  const cosine = (value: number) => Number(value.toFixed(5));
  return { subject, unit: "cosine to fp32", min: cosine(min), mean: cosine(mean), "STS-B Spearman": cosine(spearman) };
}

function goalsOf({ mean, min, spearman }: Judged, truth: number): Goal[] {
  const apart = Math.abs(spearman - truth);
  return [
    { figure: "cosine to fp32, mean", goal: `>= ${LEAST.mean}`, got: mean, met: mean >= LEAST.mean },
    { figure: "cosine to fp32, least", goal: `>= ${LEAST.min}`, got: min, met: min >= LEAST.min },
    { figure: "Spearman apart from fp32's", goal: `<= ${MOST_SPEARMAN}`, got: apart, met: apart <= MOST_SPEARMAN },
  ];
}

/** Starts a process of one engine for these calls and returns their vectors. */
export function vectorsOf(
  { engine, files }: { readonly engine: EngineName; readonly files: ModelFiles },
  calls: readonly Asked[],
): Promise<Float32Array> {
  return withEngine(async (running) => {
    await running.do({ do: "open", engine, files, bytes: "in the file", first: calls[0]! });
    await running.do({ do: "keep", set: "all", calls });
    return running.do({ do: "vectors", set: "all" });
  });
}

export function cosinesOf(one: Float32Array, other: Float32Array, width: number): number[] {
  const [a, b] = [
    { rows: one, dimensions: width },
    { rows: other, dimensions: width },
  ];
  return Array.from({ length: one.length / width }, (_, i) => dot(a, i, b, i));
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The vectors are kept between runs, in a file named by a digest of the ids and the weights. */
async function fp32Vectors(rows: Rows, files: ModelFiles, log: Log): Promise<Float32Array> {
  const key = createHash("sha256").update(JSON.stringify([MINILM.variants.fp32!.weights.accepts[0], rows]));
  const path = `${CACHE}/minilm-alone-fp32-${key.digest("hex").slice(0, 12)}.f32`;
  if (existsSync(path)) return readFloats(path);
  log(`MiniLM in fp32 reads ${rows.length} sentences; the next run remembers them`);
  const vectors = await vectorsOf({ engine: "ort-node-fp32", files }, callsOf(rows, 1));
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(path, vectors);
  return vectors;
}
