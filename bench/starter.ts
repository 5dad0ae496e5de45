import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { createLane, createOnnxTextModel, MINILM, textPiece } from "@pipit/core";
import { openStarter, type Starter } from "@pipit/starter";
import { assets } from "@pipit/test/fixtures/assets";
import { type TextSet, textSets } from "@pipit/test/fixtures/text-sets";
import type { Vectors } from "@pipit/test/fixtures/vectors";
import * as onnxruntime from "onnxruntime-node";
import { type Bench, type BenchReport, type BenchRow, spread } from "./bench.ts";

const FILE = fileURLToPath(import.meta.resolve("@pipit/starter/starter.pipit"));
const ROUNDS = 30;
const MEGABYTE = 1e6;
const GOALS = { share: 0.94, megabytes: 3.5, milliseconds: 0.1 };

type Encode = (texts: readonly string[]) => Promise<Vectors>;

export const bench: Bench = {
  name: "starter",
  question: "How near does the starter come to MiniLM, what does it weigh, how long does a query take?",
  run,
};

async function run(log: (line: string) => void): Promise<BenchReport> {
  const file = new Uint8Array(readFileSync(FILE));
  const starter = openStarter(file);
  if (!assets) throw new Error("got no assets, expected the text sets and MiniLM. Name their folder in PIPIT_ASSETS.");
  const sets = textSets(`${assets}/text`);
  const small: Encode = async (texts) => starterVectors(starter, texts);
  const large: Encode = (texts) => minilmVectors(texts, log);
  const minilm = await way("MiniLM asks MiniLM", sets, [large, large]);
  const mixed = await way("starter asks MiniLM", sets, [small, large]);
  const own = await way("starter asks starter", sets, [small, small]);
  const quality = [minilm, mixed, own].map((row) => ({ ...row, "of MiniLM": round(meanOf(row) / meanOf(minilm)) }));
  const time = queryTime(starter, sets);
  return { rows: [...quality, sizes(file), time], goals: goals(meanOf(mixed) / meanOf(minilm), file.length, time) };
}

async function way(subject: string, sets: TextSet[], [ask, keep]: [Encode, Encode]): Promise<BenchRow> {
  const row: Record<string, string | number> = { subject };
  for (const set of sets) {
    row[`${set.name} ${set.measure}`] = round(set.score(await ask(set.queries), await keep(set.documents)));
  }
  return row;
}

function meanOf(row: BenchRow): number {
  const figures = Object.values(row).filter((value) => typeof value === "number");
  return figures.reduce((sum, value) => sum + value, 0) / figures.length;
}

function sizes(file: Uint8Array): BenchRow {
  return { subject: "size of the file", bytes: file.length, "brotli bytes": brotliCompressSync(file).length };
}

/** Each round embeds every XQuAD question once, so no text is repeated within a round; a sample is a round's mean. */
function queryTime(starter: Starter, sets: TextSet[]): BenchRow & { "min ms": number } {
  const queries = sets.find(({ name }) => name === "XQuAD-en")!.queries;
  let sink = 0;
  const samples = Array.from({ length: ROUNDS }, () => {
    const started = performance.now();
    for (const query of queries) sink += starter.encode(query)[0]!;
    return (performance.now() - started) / queries.length;
  });
  const { min, median, mean, std } = spread(samples.slice(ROUNDS / 5));
  if (!Number.isFinite(sink)) throw new Error("the starter answered NaN");
  const figures = { "min ms": round(min), "median ms": round(median), "mean ms": round(mean), "std ms": round(std) };
  return { subject: `time of a query (${queries.length} XQuAD questions)`, ...figures };
}

function goals(share: number, bytes: number, time: { "min ms": number; [figure: string]: number | string }) {
  const median = Number(time["median ms"]);
  const size = bytes / MEGABYTE;
  return [
    {
      figure: "starter's query on MiniLM documents, share of MiniLM's mean",
      goal: `>= ${GOALS.share}`,
      got: share,
      met: share >= GOALS.share,
    },
    { figure: "file, MB", goal: `<= ${GOALS.megabytes}`, got: size, met: size <= GOALS.megabytes },
    { figure: "query, median ms", goal: `< ${GOALS.milliseconds}`, got: median, met: median < GOALS.milliseconds },
  ];
}

function starterVectors(starter: Starter, texts: readonly string[]): Vectors {
  const { dimensions } = starter.header;
  const rows = new Float32Array(texts.length * dimensions);
  texts.forEach((text, i) => {
    rows.set(starter.encode(text), i * dimensions);
  });
  return { rows, dimensions };
}

/** fp32 vectors, kept between runs outside the tree: the native runtime takes a few minutes for the four sets. */
async function minilmVectors(texts: readonly string[], log: (line: string) => void): Promise<Vectors> {
  const { dimensions, id } = MINILM.space;
  const folder = `${tmpdir()}/pipit-bench-vectors`;
  const path = `${folder}/${createHash("sha256")
    .update(`${id}\n${texts.join("\n")}`)
    .digest("hex")}.f32`;
  if (existsSync(path)) return { rows: new Float32Array(new Uint8Array(readFileSync(path)).buffer), dimensions };
  log(`MiniLM reads ${texts.length} texts; the next run remembers them`);
  const rows = await embedAll(texts);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, rows);
  return { rows, dimensions };
}

async function embedAll(texts: readonly string[]): Promise<Float32Array> {
  const read = (path: string) => new Uint8Array(readFileSync(`${assets}/models/all-MiniLM-L6-v2/${path}`));
  const files = { tokenizer: read("tokenizer.json"), weights: read("onnx/model.onnx"), weightsDigest: undefined };
  const model = await createOnnxTextModel({ runtime: onnxruntime, spec: MINILM, variant: "fp32", files });
  const lane = createLane(model);
  try {
    return await lane.embed(texts.map(textPiece), { priority: "bulk" });
  } finally {
    await lane.close();
  }
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
