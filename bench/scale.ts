import { isPipitError, type VectorIndex } from "@pipit/core";
import { rowsFrom } from "@pipit/test/fixtures/recall";
import { rowAt } from "@pipit/test/fixtures/seeded";
import type { HnswIndex } from "@pipit/wasm";
import { loadHnswIndex } from "@pipit/wasm/node";
import type { Bench, BenchOptions, BenchReport, BenchRow, Goal, Log } from "./bench.ts";
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

/** For a million rows of this width, on two cores. */
const GOALS = {
  dimensions: 1536,
  ...{ minutes: 15, bytes: 2048, p50: 10, p99: 50, rate: 1000 },
  recalls: [
    { k: 10, recall: 0.95 },
    { k: 100, recall: 0.98 },
  ],
};

export const bench: Bench = {
  name: "scale",
  question: `What do ${COUNT.toLocaleString("en")} vectors cost to build and to hold, and how are they answered?`,
  run,
};

async function run(log: Log, { count = COUNT, dimensions }: BenchOptions): Promise<BenchReport> {
  const reports: BenchReport[] = [];
  for (const width of dimensions ? [dimensions] : DIMENSIONS) reports.push(await measure(count, width, log));
  return { rows: reports.flatMap(({ rows }) => rows), goals: reports.flatMap(({ goals }) => goals) };
}

async function measure(count: number, dimensions: number, log: Log): Promise<BenchReport> {
  // Wide originals do not fit beside the graph into one memory of 4 GiB, so there only codes are kept.
  const shape = dimensions > WIDE ? ({ m: 32, originals: "none" } as const) : ({ m: 16, originals: "f32" } as const);
  const subject = `${count} x ${dimensions}, M ${shape.m}, originals ${shape.originals}, ${THREADS} threads`;
  const index = await (await loadHnswIndex({ ...shape, threads: THREADS })).create(dimensions);
  try {
    const built = await build(index, { count, dimensions }, log);
    const held: Held = { minutes: built.seconds / 60, bytes: index.stats().bytes / count };
    const processMb = Math.round(process.memoryUsage().rss / 1e6);
    log("laying out");
    await index.compact();
    const answered: Answered[] = [];
    for (const asked of ASKED) answered.push(await ask(index, built, asked));
    return {
      rows: answered.map((each) => ({ subject, ...heldRow(held), "process MB": processMb, ...answeredRow(each) })),
      goals: dimensions === GOALS.dimensions ? goalsOf(held, answered) : [],
    };
  } catch (error) {
    // A set that does not fit is a result of this bench too.
    if (!isPipitError(error, "storage-full")) throw error;
    return { rows: [{ subject, "rows held": index.stats().count, why: error.message }], goals: [] };
  } finally {
    await index.close();
  }
}

interface Held {
  readonly minutes: number;
  /** Per vector. */
  readonly bytes: number;
}

/** Times in milliseconds, rates in searches per second. */
interface Answered {
  readonly k: number;
  readonly ef: number;
  readonly recall: number;
  readonly p50: number;
  readonly p99: number;
  readonly rate: number;
  readonly rateTogether: number;
}

interface Built {
  readonly seconds: number;
  readonly dimensions: number;
  readonly queries: Float32Array;
  readonly truth: Truth;
}

/** Vectors are made, compared with the queries and added per chunk; only adding is timed. */
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

async function ask(index: HnswIndex, built: Built, { k, ef }: { k: number; ef: number }): Promise<Answered> {
  const expected = built.truth.rows();
  const times: number[] = [];
  let found = 0;
  for (let pass = 0; pass <= PASSES; pass++) {
    for (let i = 0; i < QUERIES; i++) {
      const begun = performance.now();
      const { rows } = await index.search(rowAt(built.queries, i, built.dimensions), { k, ef });
      // The first pass is the warm-up and measures recall.
      if (pass > 0) times.push(performance.now() - begun);
      else found += countShared(rows, expected.subarray(i * 100, i * 100 + k));
    }
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(share * times.length)]!;
  const rate = times.length / (times.reduce((sum, time) => sum + time, 0) / 1000);
  const rateTogether = await askTogether(index, built, { k, ef });
  return { k, ef, recall: found / (QUERIES * k), p50: at(0.5), p99: at(0.99), rate, rateTogether };
}

/** Searches per second when all queries of a pass are given in one call, which the threads share. */
async function askTogether(index: HnswIndex, { queries }: Built, asked: { k: number; ef: number }): Promise<number> {
  await index.searchMany(queries, asked);
  const begun = performance.now();
  for (let pass = 0; pass < PASSES; pass++) await index.searchMany(queries, asked);
  return (PASSES * QUERIES) / ((performance.now() - begun) / 1000);
}

function heldRow({ minutes, bytes }: Held): BenchRow {
  return { "build min": rounded(minutes), "bytes/vector": Math.round(bytes) };
}

function answeredRow({ k, ef, recall, p50, p99, rate, rateTogether }: Answered): BenchRow {
  return {
    ...{ k, ef, "recall@k": Number(recall.toFixed(4)), "p50 ms": rounded(p50), "p99 ms": rounded(p99) },
    ...{ "searches/s": Math.round(rate), [`searches/s, ${THREADS} threads`]: Math.round(rateTogether) },
  };
}

/** The speeds are those of the smallest ef that reaches the recall for k = 10. */
function goalsOf({ minutes, bytes }: Held, answered: readonly Answered[]): Goal[] {
  const recalls = GOALS.recalls.map(({ k, recall }) => {
    const got = Math.max(...answered.filter((each) => each.k === k).map((each) => each.recall));
    return { figure: `recall@${k}`, goal: `>= ${recall}`, got, met: got >= recall };
  });
  const [ten] = GOALS.recalls;
  const narrowest = answered.find(({ k, recall }) => k === ten!.k && recall >= ten!.recall);
  const { p50, p99, rateTogether } = narrowest ?? answered[0]!;
  return [
    ...recalls,
    { figure: "p50 of a search, ms", goal: `< ${GOALS.p50}`, got: p50, met: p50 < GOALS.p50 },
    { figure: "p99 of a search, ms", goal: `< ${GOALS.p99}`, got: p99, met: p99 < GOALS.p99 },
    {
      figure: `searches/s, ${THREADS} threads`,
      goal: `>= ${GOALS.rate}`,
      got: rateTogether,
      met: rateTogether >= GOALS.rate,
    },
    { figure: "minutes of the build", goal: `<= ${GOALS.minutes}`, got: minutes, met: minutes <= GOALS.minutes },
    { figure: "bytes a vector", goal: `<= ${GOALS.bytes}`, got: bytes, met: bytes <= GOALS.bytes },
  ];
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
