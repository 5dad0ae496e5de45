import { exactIndex, type VectorIndex } from "@pipit/core";
import { loadHnswIndex } from "@pipit/wasm/node";
import { recallOf, rowsFrom } from "../test/fixtures/recall.ts";
import { clusteredVectors, rowAt, seeded, uniformVectors } from "../test/fixtures/seeded.ts";
import { type Bench, type BenchReport, type BenchRow, spread } from "./bench.ts";

const SEED = 1;
const COUNT = 20_000;
const DIMENSIONS = 384;
const QUERIES = 200;
const ROUNDS = 9;
const K = 10;

export const bench: Bench = {
  name: "search",
  question: `How many searches a second does the kernel answer at which recall, beside the exact scan (${COUNT} x ${DIMENSIONS}, clustered, seed ${SEED})?`,
  run,
};

async function run(log: (line: string) => void): Promise<BenchReport> {
  const { base, queries } = vectors();
  const exact = await exactIndex.create(DIMENSIONS);
  const hnsw = await (await loadHnswIndex()).create(DIMENSIONS);
  log("building");
  const built = [await build("exact", exact, base), await build("HNSW int8 (WASM)", hnsw, base)];
  log("searching");
  const asked: BenchRow[] = [await search("exact", exact, { truth: exact, queries })];
  for (const ef of [16, 32, 64, 128]) {
    asked.push(await search(`HNSW int8 (WASM), ef ${ef}`, hnsw, { truth: exact, queries, ef }));
  }
  return { rows: [...built, ...asked], goals: [] };
}

/** A centre for every hundred rows, as embeddings of related entries lie. */
function vectors() {
  const random = seeded(SEED);
  const centers = uniformVectors(random, COUNT / 100, DIMENSIONS);
  return {
    base: clusteredVectors(random, COUNT, centers, DIMENSIONS),
    queries: clusteredVectors(random, QUERIES, centers, DIMENSIONS),
  };
}

async function build(subject: string, index: VectorIndex, base: Float32Array): Promise<BenchRow> {
  const seconds = await secondsOf(() => index.add(rowsFrom(0, COUNT), base));
  return {
    subject: `${subject}, build`,
    "rows/s": Math.round(COUNT / seconds),
    "bytes/row": index.stats().bytes / COUNT,
  };
}

interface Asked {
  readonly truth: VectorIndex;
  readonly queries: Float32Array;
  readonly ef?: number;
}

/** The pass that measures recall warms the kernel up; each round then asks every query once. */
async function search(subject: string, index: VectorIndex, { truth, queries, ef }: Asked): Promise<BenchRow> {
  const recall = await recallOf(index, truth, { queries, k: K, ef });
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const seconds = await secondsOf(async () => {
      for (let i = 0; i < QUERIES; i++) await index.search(rowAt(queries, i, DIMENSIONS), { k: K, ef });
    });
    rates.push(QUERIES / seconds);
  }
  const { min, median, std } = spread(rates);
  const whole = { "searches/s": Math.round(median), "min /s": Math.round(min), "std /s": Math.round(std) };
  return { subject, "recall@10": Number(recall.toFixed(4)), ...whole };
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
