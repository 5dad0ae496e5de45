import { exactIndex, type RowBitmap, type VectorIndex } from "@pipit/core";
import { rowsFrom } from "@pipit/test/fixtures/recall";
import { type Random, rowAt, seeded } from "@pipit/test/fixtures/seeded";
import { dot } from "@pipit/test/fixtures/vectors";
import { loadHnswIndex } from "@pipit/wasm/node";
import {
  type Bench,
  type BenchOptions,
  type BenchReport,
  type BenchRow,
  type Goal,
  type Log,
  spread,
} from "./bench.ts";
import { readFloats } from "./row-files.ts";
import { clusteredSet, type VectorSet } from "./vector-sets.ts";

const COUNT = 100_000;
const DIMENSIONS = 384;
const QUERIES = 100;
const ROUNDS = 5;
const K = 10;
const SHARES = [0.5, 0.1, 0.01, 0.001];
const LEAST_RECALL = 0.95;

/** The rows that a filter allows, relative to the query: random ones, the nearest, the farthest. */
const KINDS = ["anywhere", "near the query", "far from the query"] as const;
type Kind = (typeof KINDS)[number];

export const bench: Bench = {
  name: "filter",
  question: `What do filters that allow 50 % to .1 % of the rows do to recall@${K} and speed, at the index's own ef?`,
  run,
};

async function run(log: Log, { count = COUNT }: BenchOptions): Promise<BenchReport> {
  const set = clusteredSet({ count, dimensions: DIMENSIONS }, log);
  const base = readFloats(set.base);
  const queries = Array.from({ length: QUERIES }, (_, i) => rowAt(readFloats(set.queries), i, DIMENSIONS).slice());
  const filters = filtersOf(base, queries, log);
  log("building");
  const hnsw = await (await loadHnswIndex()).create(DIMENSIONS);
  const exact = await exactIndex.create(DIMENSIONS);
  for (const index of [hnsw, exact]) await index.add(rowsFrom(0, count), base);
  log("measuring which ef holds the recall");
  await hnsw.holdRecall();
  const measured: Measured[] = [];
  for (const filter of filters) {
    log(`${filter.kind}, ${filter.share * 100} %`);
    measured.push(await measure({ hnsw, exact }, queries, filter));
  }
  return { rows: measured.map((found) => rowOf(set, found)), goals: [goalOf(measured)] };
}

interface Filter {
  readonly kind: Kind;
  readonly share: number;
  /** One bitmap per query. */
  readonly bitmaps: readonly RowBitmap[];
}

interface Measured extends Filter {
  readonly recall: number;
  readonly rates: readonly number[];
  readonly exactRates: readonly number[];
}

function filtersOf(base: Float32Array, queries: readonly Float32Array[], log: Log): Filter[] {
  log("ordering all rows by their distance to each query");
  const random = seeded(3);
  const filters = KINDS.flatMap((kind) => SHARES.map((share) => ({ kind, share, bitmaps: [] as RowBitmap[] })));
  for (const query of queries) {
    const byDistance = orderedRows(base, query);
    const order: Record<Kind, Uint32Array> = {
      anywhere: shuffled(byDistance, random),
      "near the query": byDistance,
      "far from the query": byDistance.toReversed(),
    };
    for (const { kind, share, bitmaps } of filters) bitmaps.push(firstOf(order[kind], share));
  }
  return filters;
}

function orderedRows(base: Float32Array, query: Float32Array): Uint32Array {
  const [rows, one] = [base, query].map((values) => ({ rows: values, dimensions: DIMENSIONS }));
  const products = Float32Array.from({ length: base.length / DIMENSIONS }, (_, row) => dot(one!, 0, rows!, row));
  return rowsFrom(0, products.length).sort((a, b) => products[b]! - products[a]!);
}

function shuffled(rows: Uint32Array, random: Random): Uint32Array {
  const lots = Float64Array.from(rows, random);
  return rowsFrom(0, rows.length).sort((a, b) => lots[a]! - lots[b]!);
}

/** At least K rows, so that every answer can be full. */
function firstOf(order: Uint32Array, share: number): RowBitmap {
  const bitmap = new Uint32Array(Math.ceil(order.length / 32));
  for (const row of order.subarray(0, Math.max(K, Math.round(share * order.length))))
    bitmap[row >>> 5]! |= 1 << (row & 31);
  return bitmap;
}

interface Indexes {
  readonly hnsw: VectorIndex;
  readonly exact: VectorIndex;
}

/** The recall pass is the warm-up of both. */
async function measure({ hnsw, exact }: Indexes, queries: readonly Float32Array[], filter: Filter): Promise<Measured> {
  let found = 0;
  for (const [i, query] of queries.entries()) {
    const options = { k: K, filter: filter.bitmaps[i] };
    const expected = new Set((await exact.search(query, options)).rows);
    for (const row of (await hnsw.search(query, options)).rows) if (expected.has(row)) found++;
  }
  const rates = await ratesOf(hnsw, queries, { filter, rounds: ROUNDS });
  const exactRates = await ratesOf(exact, queries, { filter, rounds: 1 });
  return { ...filter, recall: found / (queries.length * K), rates, exactRates };
}

async function ratesOf(
  index: VectorIndex,
  queries: readonly Float32Array[],
  { filter, rounds }: { filter: Filter; rounds: number },
): Promise<number[]> {
  const rates: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    for (const [i, query] of queries.entries()) await index.search(query, { k: K, filter: filter.bitmaps[i] });
    rates.push(queries.length / ((performance.now() - begun) / 1000));
  }
  return rates;
}

function rowOf(set: VectorSet, { kind, share, recall, rates, exactRates }: Measured): BenchRow {
  const { median, min, std } = spread(rates);
  return {
    set: set.name,
    allowed: kind,
    "share %": share * 100,
    "recall@10": Number(recall.toFixed(4)),
    "searches/s": Math.round(median),
    "min /s": Math.round(min),
    "std /s": Math.round(std),
    "exact /s": Math.round(spread(exactRates).median),
  };
}

function goalOf(measured: readonly Measured[]): Goal {
  const got = Math.min(...measured.map(({ recall }) => recall));
  return { figure: `least recall@${K} of all filters`, goal: `>= ${LEAST_RECALL}`, got, met: got >= LEAST_RECALL };
}
