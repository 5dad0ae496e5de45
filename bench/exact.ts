import { readFile } from "node:fs/promises";
import { exactIndex, type IndexKind, type VectorIndex } from "@pipit/core";
import { recallOf, rowsFrom } from "@pipit/test/fixtures/recall";
import { clusteredVectors, rowAt, seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import { createExact, type ExactOptions, pickModule } from "@pipit/wasm";
import { loadExactIndex } from "@pipit/wasm/node";
import { type Bench, type BenchReport, type BenchRow, spread } from "./bench.ts";

const SEED = 1;
const COUNT = 100_000;
const DIMENSIONS = 384;
const QUERIES = 50;
const ROUNDS = 7;
const K = 10;

const FORMATS: ExactOptions[] = [
  {},
  { format: "f16" },
  { format: "int8" },
  { format: "bit" },
  { firstPass: "int8" },
  { firstPass: "bit" },
  { firstPass: "pq" },
  { format: "f16", firstPass: "bit" },
];

/** Options whose scan is measured with several threads too. */
const SHARED: ExactOptions[] = [{}, { firstPass: "bit" }];
const THREADS = 2;

export const bench: Bench = {
  name: "exact",
  question: `How many rows a second does the scan measure in each format, at which recall, beside the scan in JavaScript (${COUNT} x ${DIMENSIONS}, clustered, seed ${SEED})?`,
  run,
};

interface Contender {
  readonly name: string;
  readonly kind: IndexKind;
}

async function shared(options: ExactOptions): Promise<Contender> {
  const kind = await loadExactIndex({ ...options, scanThreads: THREADS });
  return { name: `${kind.name}, ${THREADS} threads`, kind };
}

interface Subject {
  readonly name: string;
  readonly index: VectorIndex;
  readonly built: BenchRow;
}

async function run(log: (line: string) => void): Promise<BenchReport> {
  const { base, queries } = vectors();
  const build = pickModule({ relaxed: "relaxed", simd: "simd" });
  const file = new URL(`../wasm/build/exact-${build}.wasm`, import.meta.url);
  const module = await WebAssembly.compile(await readFile(file));
  const subjects: Subject[] = [];
  const alone: Contender[] = [exactIndex, ...FORMATS.map((options) => createExact(module, options))].map((kind) => ({
    name: kind.name,
    kind,
  }));
  for (const { name, kind } of [...alone, ...(await Promise.all(SHARED.map(shared)))]) {
    log(`building ${name}`);
    const subject = await built(name, await kind.create(DIMENSIONS), base);
    await held(subject.index);
    subjects.push(subject);
  }
  log("searching");
  return { rows: await measure(subjects, queries), goals: [] };
}

/** Clusters of a hundred rows each, similar to embeddings of related entries. */
function vectors() {
  const random = seeded(SEED);
  const centers = uniformVectors(random, COUNT / 100, DIMENSIONS);
  return {
    base: clusteredVectors(random, COUNT, centers, DIMENSIONS),
    queries: clusteredVectors(random, QUERIES, centers, DIMENSIONS),
  };
}

/** Makes an index that holds a recall measure its ef before it is timed. */
async function held(index: VectorIndex & { holdRecall?(): Promise<void> }): Promise<void> {
  await index.holdRecall?.();
}

async function built(name: string, index: VectorIndex, base: Float32Array): Promise<Subject> {
  const seconds = await secondsOf(() => index.add(rowsFrom(0, COUNT), base));
  const { bytes } = index.stats();
  return { name, index, built: { "adds/s": Math.round(COUNT / seconds), "bytes/row": Math.round(bytes / COUNT) } };
}

/** The recall pass warms up each subject. Then the subjects take turns, so that a slow minute affects all. */
async function measure(subjects: readonly Subject[], queries: Float32Array): Promise<BenchRow[]> {
  const truth = subjects[0]!.index;
  const recalls: number[] = [];
  for (const { index } of subjects) recalls.push(await recallOf(index, truth, { queries, k: K }));
  const rates: number[][] = subjects.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, { index }] of subjects.entries()) rates[i]!.push(await rowsPerSecond(index, queries));
  }
  return subjects.map(({ name, built }, i) => rowOf(name, built, { recall: recalls[i]!, rates: rates[i]! }));
}

async function rowsPerSecond(index: VectorIndex, queries: Float32Array): Promise<number> {
  const seconds = await secondsOf(async () => {
    for (let i = 0; i < QUERIES; i++) await index.search(rowAt(queries, i, DIMENSIONS), { k: K });
  });
  return (QUERIES * COUNT) / seconds;
}

interface Measured {
  readonly recall: number;
  readonly rates: readonly number[];
}

function rowOf(subject: string, built: BenchRow, { recall, rates }: Measured): BenchRow {
  const { min, median, std } = spread(rates);
  const millions = (rate: number) => Number((rate / 1e6).toFixed(2));
  return {
    subject,
    "recall@10": Number(recall.toFixed(4)),
    "million rows/s": millions(median),
    "min /s": millions(min),
    "std /s": millions(std),
    "ms/search": Number(((COUNT / median) * 1000).toFixed(3)),
    ...built,
  };
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
