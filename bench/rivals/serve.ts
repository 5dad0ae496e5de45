/**
 * One rival in a process of its own, with the arguments and the lines of JSON of hnswlib.cpp:
 *
 *   serve.ts RIVAL BASE QUERIES TRUTH DIMENSIONS TRUTH_K K M EF_CONSTRUCTION ROUNDS EF,EF,... [GRAPH]
 */
import { existsSync, readFileSync } from "node:fs";
import { rowAt } from "@pipit/test/fixtures/seeded";
import { spread } from "../bench.ts";
import { readFloats } from "../row-files.ts";
import { loadRival, type RivalName } from "./field.ts";
import type { Rival, Searcher, Shape } from "./rival.ts";

interface Asked {
  readonly queries: readonly Float32Array[];
  /** Row-major [queries, truthK]. */
  readonly truth: Uint32Array;
  readonly truthK: number;
  readonly k: number;
  readonly rounds: number;
}

/** Engines recompile hot code while it runs: a rival searches for this long before it is timed. */
const WARM_SECONDS = 1;
/** All queries are repeated until this much time has passed, so that a pause of a garbage collector has little effect. */
const PASS_SECONDS = 0.25;

interface Pass {
  readonly ef: number;
  readonly seconds: number;
}

const [name, base = "", queries = "", truth = "", ...numbers] = process.argv.slice(2);
const [dimensions = 0, truthK = 0, k = 0, m = 0, efConstruction = 0, rounds = 0] = numbers.slice(0, 6).map(Number);
const [efs = "", graph] = numbers.slice(6);

const rival = await loadRival(name as RivalName);
const searcher = await start(rival, { dimensions, m, efConstruction });
const all = readFloats(queries);
const count = Math.min(all.length / dimensions, rival.askedQueries ?? Number.POSITIVE_INFINITY);
const asked: Asked = {
  queries: Array.from({ length: count }, (_, i) => rowAt(all, i, dimensions)),
  truth: new Uint32Array(new Uint8Array(readFileSync(truth)).buffer),
  truthK,
  k,
  rounds,
};
const usedEfs = rival.fixedEf === undefined ? efs.split(",").map(Number) : [rival.fixedEf];
await searchesPerSecond(searcher, asked, { ef: usedEfs[0]!, seconds: WARM_SECONDS });
for (const ef of usedEfs) {
  const recall = await recallOf(searcher, asked, ef);
  const rates: number[] = [];
  for (let round = 0; round < rounds; round++) {
    rates.push(await searchesPerSecond(searcher, asked, { ef, seconds: PASS_SECONDS }));
  }
  const { median, min, std } = spread(rates);
  print({ ef, recall, qpsMedian: median, qpsMin: min, qpsStd: std });
}

async function start(rival: Rival, shape: Shape): Promise<Searcher> {
  const vectors = readFloats(base);
  const kept = graph && existsSync(graph) ? graph : undefined;
  const begun = performance.now();
  const opened = kept && (await rival.open?.(kept, shape));
  const searcher = opened || (await rival.build(vectors, shape));
  const seconds = (performance.now() - begun) / 1000;
  const rows = vectors.length / shape.dimensions;
  print({ [opened ? "openSeconds" : "buildSeconds"]: seconds, rows, bytesPerVector: searcher.bytesPerVector });
  if (graph && !opened && rival.open) await searcher.save?.(graph);
  return searcher;
}

async function recallOf(searcher: Searcher, { queries, truth, truthK, k }: Asked, ef: number): Promise<number> {
  let found = 0;
  for (const [i, query] of queries.entries()) {
    const expected = new Set(truth.subarray(i * truthK, i * truthK + k));
    for (const label of Array.from((await searcher.search(query, k, ef)).rows))
      if (expected.has(Number(label))) found++;
  }
  return found / (queries.length * k);
}

/** Runs all queries at least once, and for at least `seconds`. A result that is no promise is not awaited. */
async function searchesPerSecond(searcher: Searcher, { queries, k }: Asked, { ef, seconds }: Pass): Promise<number> {
  let [asked, answers, passed] = [0, 0, 0];
  const begun = performance.now();
  while (passed < seconds) {
    for (const query of queries) {
      const found = searcher.search(query, k, ef);
      answers += (found instanceof Promise ? await found : found).rows.length;
    }
    asked += queries.length;
    passed = (performance.now() - begun) / 1000;
  }
  if (answers !== asked * k) throw new Error(`got ${answers} answers, expected ${asked * k}`);
  return asked / passed;
}

function print(line: Record<string, number | undefined>): void {
  console.log(JSON.stringify(line));
}
