import { isPipitError, type VectorIndex } from "@pipit/core";
import type { HnswIndex } from "@pipit/wasm";
import { loadHnswIndex } from "@pipit/wasm/node";
import { rowsFrom } from "../test/fixtures/recall.ts";
import { rowAt } from "../test/fixtures/seeded.ts";
import type { Bench, BenchOptions, BenchReport, BenchRow, Log } from "./bench.ts";
import { countShared, Truth } from "./truth.ts";
import { clusteredChunks } from "./vector-sets.ts";

const COUNT = 1_000_000;
const DIMENSIONS = [384, 1536];
const QUERIES = 100;
const THREADS = 2;
const WIDE = 1000;
const PASSES = 5;
const ASKED = [
  { k: 10, ef: 32 },
  { k: 10, ef: 64 },
  { k: 10, ef: 128 },
  { k: 100, ef: 128 },
  { k: 100, ef: 256 },
];

export const bench: Bench = {
  name: "scale",
  question: `What do ${COUNT.toLocaleString("en")} vectors cost to build and to hold, and how are they answered?`,
  run,
};

async function run(log: Log, { count = COUNT, dimensions }: BenchOptions): Promise<BenchReport> {
  const rows: BenchRow[] = [];
  for (const width of dimensions ? [dimensions] : DIMENSIONS) rows.push(...(await measure(count, width, log)));
  return { rows, goals: [] };
}

async function measure(count: number, dimensions: number, log: Log): Promise<BenchRow[]> {
  // Wide originals would not fit beside the graph into one memory of 4 GiB: codes alone answer there.
  const shape = dimensions > WIDE ? ({ m: 32, originals: "none" } as const) : ({ m: 16, originals: "f32" } as const);
  const subject = `${count} x ${dimensions}, M ${shape.m}, originals ${shape.originals}, ${THREADS} threads`;
  const index = await (await loadHnswIndex({ ...shape, threads: THREADS })).create(dimensions);
  try {
    const built = await build(index, { count, dimensions }, log);
    const shared = {
      subject,
      "build min": rounded(built.seconds / 60),
      "bytes/vector": Math.round(index.stats().bytes / count),
      "process MB": Math.round(process.memoryUsage().rss / 1e6),
    };
    log("laying out");
    await index.compact();
    const rows: BenchRow[] = [];
    for (const asked of ASKED) rows.push({ ...shared, ...(await ask(index, built, asked)) });
    return rows;
  } catch (error) {
    // What does not fit is a figure of this question too.
    if (!isPipitError(error, "storage-full")) throw error;
    return [{ subject, "rows held": index.stats().count, why: error.message }];
  } finally {
    await index.close();
  }
}

interface Built {
  readonly seconds: number;
  readonly dimensions: number;
  readonly queries: Float32Array;
  readonly truth: Truth;
}

/** Vectors are made, compared with the queries and added a chunk at a time; only adding is timed. */
async function build(index: VectorIndex, set: { count: number; dimensions: number }, log: Log): Promise<Built> {
  const { queries, chunks } = clusteredChunks(set, QUERIES);
  const truth = new Truth(queries, set.dimensions, 100);
  let seconds = 0;
  for (const { first, vectors } of chunks) {
    const rows = rowsFrom(first, vectors.length / set.dimensions);
    truth.offer(first, vectors);
    const begun = performance.now();
    await index.add(rows, vectors);
    const took = (performance.now() - begun) / 1000;
    seconds += took;
    const rate = Math.round(rows.length / took);
    log(
      `${first + rows.length} of ${set.count} x ${set.dimensions}: ${rate} rows/s, ${(seconds / 60).toFixed(1)} min so far`,
    );
  }
  return { seconds, dimensions: set.dimensions, queries, truth };
}

async function ask(index: HnswIndex, built: Built, { k, ef }: { k: number; ef: number }): Promise<BenchRow> {
  const expected = built.truth.rows();
  const times: number[] = [];
  let found = 0;
  for (let pass = 0; pass <= PASSES; pass++) {
    for (let i = 0; i < QUERIES; i++) {
      const begun = performance.now();
      const { rows } = await index.search(rowAt(built.queries, i, built.dimensions), { k, ef });
      // The first pass warms up and measures recall.
      if (pass > 0) times.push(performance.now() - begun);
      else found += countShared(rows, expected.subarray(i * 100, i * 100 + k));
    }
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => rounded(times[Math.floor(share * times.length)]!);
  const rate = Math.round(times.length / (times.reduce((sum, time) => sum + time, 0) / 1000));
  const recall = Number((found / (QUERIES * k)).toFixed(4));
  const together = await askTogether(index, built, { k, ef });
  return {
    ...{ k, ef, "recall@k": recall, "p50 ms": at(0.5), "p99 ms": at(0.99) },
    ...{ "searches/s": rate, [`searches/s, ${THREADS} threads`]: together },
  };
}

/** Searches a second when all queries of a pass are asked in one call, which the threads share. */
async function askTogether(index: HnswIndex, { queries }: Built, asked: { k: number; ef: number }): Promise<number> {
  await index.searchMany(queries, asked);
  const begun = performance.now();
  for (let pass = 0; pass < PASSES; pass++) await index.searchMany(queries, asked);
  return Math.round((PASSES * QUERIES) / ((performance.now() - begun) / 1000));
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
