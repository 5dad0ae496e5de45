import type { VectorIndex } from "@pipit/core";
import { type LateTopic, lateTopic } from "@pipit/test/fixtures/late-topic";
import { recallOf, rowsFrom, truthOf } from "@pipit/test/fixtures/recall";
import { rowAt } from "@pipit/test/fixtures/seeded";
import { loadExactIndex, loadIndex } from "@pipit/wasm/node";
import { type Bench, type BenchOptions, type BenchReport, type BenchRow, spread } from "./bench.ts";

const SEED = 3;
const COUNT = 100_000;
/** Rows of the first topic, of which some calibrate the codes. */
const FIRST = 5000;
const QUERIES = 50;
const ROUNDS = 7;
const K = 10;
const A_CALL = 1000;

export const bench: Bench = {
  name: "topics",
  question: `What does a search of the scan cost when a topic comes in that its codes were not calibrated for (${FIRST} rows, then others to ${COUNT} x 384)?`,
  run,
};

interface Subject {
  readonly name: string;
  readonly index: VectorIndex & { readonly candidates: number | undefined };
}

async function run(log: (line: string) => void, { count = COUNT }: BenchOptions): Promise<BenchReport> {
  const set = lateTopic(SEED, { first: FIRST, later: count - FIRST, queries: QUERIES });
  const rows = rowsFrom(0, count);
  const plain = await loadExactIndex({ firstPass: "bit", calibrateAt: 4096 });
  const [first, all] = [await plain.create(set.dimensions), await plain.create(set.dimensions)];
  // No graph is built: the question is about scans.
  const calibrated = await (await loadIndex({ budget: 1e6 })).create(set.dimensions);
  log("adding the rows as they came, and in an order of chance");
  for (const index of [first, calibrated]) await fill(index, set, rows);
  await fill(all, set, shuffled(rows));
  await Promise.all([first.holdRecall(), all.holdRecall()]);
  const began = performance.now();
  for (let i = 0; i < 3; i++) {
    await calibrated.search(rowAt(set.queries, i, set.dimensions), { k: K });
    await calibrated.whenSettled();
  }
  log(`measured and calibrated anew in ${Math.round(performance.now() - began)} ms of the background`);
  const subjects = [
    { name: "codes by the first rows", index: first },
    { name: "the default, settled", index: calibrated },
    { name: "codes by a sample of all", index: all },
  ];
  return { rows: await measure(subjects, set), goals: [] };
}

async function fill(index: VectorIndex, { vectors, dimensions }: LateTopic, order: Uint32Array): Promise<void> {
  for (let at = 0; at < order.length; at += A_CALL) {
    const rows = order.subarray(at, at + A_CALL);
    const some = new Float32Array(rows.length * dimensions);
    for (const [i, row] of rows.entries()) some.set(rowAt(vectors, row, dimensions), i * dimensions);
    await index.add(rows, some);
  }
}

/** Shuffles rows with a step that has no common factor with their count. */
function shuffled(rows: Uint32Array): Uint32Array {
  return rows.map((row) => (row * 48_611) % rows.length);
}

async function measure(subjects: readonly Subject[], set: LateTopic): Promise<BenchRow[]> {
  const { vectors, queries, dimensions } = set;
  const truth = await truthOf(rowsFrom(0, vectors.length / dimensions), vectors);
  const recalls: number[] = [];
  for (const { index } of subjects) recalls.push(await recallOf(index, truth, { queries, k: K }));
  const times: number[][] = subjects.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, { index }] of subjects.entries()) times[i]!.push(await millisecondsOf(index, set));
  }
  return subjects.map(({ name, index }, i) => {
    const { min, median, std } = spread(times[i]!);
    const [least, middle, deviation] = [min, median, std].map((value) => Number(value.toFixed(3)));
    const figures = { "ms/search": middle!, "min ms": least!, "std ms": deviation! };
    const candidates = index.candidates ?? "every row";
    return { subject: name, "recall@10": Number(recalls[i]!.toFixed(4)), candidates, ...figures };
  });
}

async function millisecondsOf(index: VectorIndex, { queries, dimensions }: LateTopic): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < QUERIES; i++) await index.search(rowAt(queries, i, dimensions), { k: K });
  return (performance.now() - start) / QUERIES;
}
