import type { VectorIndex } from "@pipit/core";
import { rowsFrom } from "@pipit/test/fixtures/recall";
import { clusteredVectors, rowAt, seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import { loadHnswIndex } from "@pipit/wasm/node";
import { type Bench, type BenchOptions, type BenchReport, type Goal, type Log, spread } from "./bench.ts";
import { countShared, Truth } from "./truth.ts";

const COUNT = 20_000;
const DIMENSIONS = 384;
const QUERIES = 200;
const TIMES = 10;
const BATCH = 1_000;
const K = 10;
/** Small enough that a graph of declining quality has a lower recall. */
const EF = 32;
const SEED = 1;
const GOALS = { recallLost: 0.01, bytes: 1.1 };

export const bench: Bench = {
  name: "churn",
  question: `What is left of recall and memory when every row is replaced, ${TIMES} times over, beside a fresh build of the same rows?`,
  run,
};

interface Round {
  readonly round: number;
  readonly recall: number;
  readonly bytes: number;
  readonly rate: number;
  readonly fresh: { readonly recall: number; readonly bytes: number; readonly rate: number };
}

async function run(log: Log, { count = COUNT }: BenchOptions): Promise<BenchReport> {
  const random = seeded(SEED);
  const centers = uniformVectors(random, Math.ceil(count / 100), DIMENSIONS);
  const queries = clusteredVectors(seeded(SEED + 1), QUERIES, centers, DIMENSIONS);
  const vectors = () => clusteredVectors(random, count, centers, DIMENSIONS);
  const kind = await loadHnswIndex();
  const index = await kind.create(DIMENSIONS);
  await index.add(rowsFrom(0, count), vectors());
  const rounds: Round[] = [];
  for (let round = 1; round <= TIMES; round++) {
    log(`round ${round} of ${TIMES}`);
    const [first, next] = [round * count, vectors()];
    await replaceAll(index, first, next);
    const truth = truthOf(first, next, queries);
    const fresh = await kind.create(DIMENSIONS);
    await fresh.add(rowsFrom(first, count), next);
    const now = await measured(index, queries, truth);
    rounds.push({ round, ...now, fresh: await measured(fresh, queries, truth) });
    await fresh.close();
  }
  return { rows: rounds.map(rowOf), goals: goalsOf(rounds) };
}

/** Row numbers are never reused, so a replaced entry is a removed row and a new one. */
async function replaceAll(index: VectorIndex, first: number, vectors: Float32Array): Promise<void> {
  const count = vectors.length / DIMENSIONS;
  for (let from = 0; from < count; from += BATCH) {
    const size = Math.min(BATCH, count - from);
    await index.remove(rowsFrom(first - count + from, size));
    await index.add(rowsFrom(first + from, size), vectors.subarray(from * DIMENSIONS, (from + size) * DIMENSIONS));
  }
}

function truthOf(first: number, vectors: Float32Array, queries: Float32Array): Uint32Array {
  const truth = new Truth(queries, DIMENSIONS, K);
  truth.offer(first, vectors);
  return truth.rows();
}

/** The pass that measures recall is the warm-up; five more are timed. */
async function measured(index: VectorIndex, queries: Float32Array, truth: Uint32Array) {
  let found = 0;
  const rates: number[] = [];
  for (let pass = 0; pass < 6; pass++) {
    const begun = performance.now();
    for (let i = 0; i < QUERIES; i++) {
      const { rows } = await index.search(rowAt(queries, i, DIMENSIONS), { k: K, ef: EF });
      if (pass === 0) found += countShared(rows, truth.subarray(i * K, (i + 1) * K));
    }
    if (pass > 0) rates.push(QUERIES / ((performance.now() - begun) / 1000));
  }
  const { bytes, count } = index.stats();
  return { recall: found / (QUERIES * K), bytes: bytes / count, rate: spread(rates).median };
}

function rowOf({ round, recall, bytes, rate, fresh }: Round) {
  return {
    round,
    "recall@10": Number(recall.toFixed(4)),
    "fresh recall@10": Number(fresh.recall.toFixed(4)),
    "searches/s": Math.round(rate),
    "fresh searches/s": Math.round(fresh.rate),
    "bytes/vector": Math.round(bytes),
    "fresh bytes/vector": Math.round(fresh.bytes),
  };
}

function goalsOf(rounds: readonly Round[]): Goal[] {
  const lost = Math.max(...rounds.map(({ recall, fresh }) => fresh.recall - recall));
  const more = Math.max(...rounds.map(({ bytes, fresh }) => bytes / fresh.bytes));
  return [
    {
      figure: `recall@${K} lost against a fresh build, worst round, ef ${EF}`,
      goal: `<= ${GOALS.recallLost}`,
      got: lost,
      met: lost <= GOALS.recallLost,
    },
    {
      figure: "bytes against a fresh build, worst round",
      goal: `<= ${GOALS.bytes}`,
      got: more,
      met: more <= GOALS.bytes,
    },
  ];
}
