/**
 * Prints how quickly the kernel builds and answers, with the recall beside each rate: `npm run measure -w wasm -- 20000 384`.
 * Rows lie round one centre for every hundred of them.
 */
import { exactIndex, type VectorIndex } from "@pipit/core";
import { recallOf, rowsFrom } from "../test/fixtures/recall.ts";
import { clusteredVectors, rowAt, seeded, uniformVectors } from "../test/fixtures/seeded.ts";
import { loadHnswIndex } from "./src/node.ts";

const [count = 20_000, dimensions = 384] = process.argv.slice(2).map(Number);
const QUERIES = 200;
const ROUNDS = 5;
const random = seeded(1);
const centers = uniformVectors(random, Math.ceil(count / 100), dimensions);
const base = clusteredVectors(random, count, centers, dimensions);
const queries = clusteredVectors(random, QUERIES, centers, dimensions);

const index = await (await loadHnswIndex()).create(dimensions);
const truth = await exactIndex.create(dimensions);
const buildSeconds = await secondsOf(() => index.add(rowsFrom(0, count), base));
await truth.add(rowsFrom(0, count), base);
console.log(`${count} x ${dimensions}: ${Math.round(count / buildSeconds)} rows/s built, ${index.stats().bytes} bytes`);
for (const ef of [16, 32, 64, 128]) {
  const recall = await recallOf(index, truth, { queries, k: 10, ef });
  console.log(`ef ${ef}: ${await searchRate(index, ef)} searches/s, recall@10 ${recall.toFixed(4)}`);
}

/** Median over the rounds; the recall pass before it has warmed the kernel up. */
async function searchRate(index: VectorIndex, ef: number): Promise<number> {
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const seconds = await secondsOf(async () => {
      for (let i = 0; i < QUERIES; i++) await index.search(rowAt(queries, i, dimensions!), { k: 10, ef });
    });
    rates.push(QUERIES / seconds);
  }
  return Math.round(rates.sort((a, b) => a - b)[ROUNDS >> 1]!);
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
