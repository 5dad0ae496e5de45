import type { Bench, BenchOptions, BenchReport, BenchRow, Chart, Goal, Log } from "./bench.ts";
import { compare, type Result } from "./rivals/compare.ts";
import { rateAtRecall } from "./rivals/curve.ts";
import type { Contender } from "./rivals/field.ts";
import { clusteredSet, minilmSet, type VectorSet } from "./vector-sets.ts";

const K = 10;
const RECALL = 0.95;
const COUNT = 100_000;
const EF_CONSTRUCTION = 200;
const FULL = { efs: [10, 12, 14, 16, 20, 24, 28, 32, 48, 64, 100, 200], rounds: 3 };
const QUICK = { efs: [10, 16, 32, 64, 200], rounds: 2 };
/** EdgeVec takes too long over a graph of the full set; it takes part in quick runs. */
const QUICK_FIELD: readonly Contender[] = ["edgevec"];
const FIELD: readonly Contender[] = [
  "pipit",
  "pipit-simd",
  "pipit-codes",
  "hnswlib-cpp",
  "hnswlib-node",
  "usearch",
  "usearch-i8",
  "hnswlib-wasm",
  "exact",
];
const WIDE_FIELD: readonly Contender[] = ["pipit", "pipit-simd", "pipit-codes", "hnswlib-cpp"];

export const bench: Bench = {
  name: "search",
  question: `How many searches a second does one thread answer at which recall@${K}, beside whom?`,
  run,
};

async function run(log: Log, { count = COUNT, rivals }: BenchOptions): Promise<BenchReport> {
  for (const name of rivals ?? [])
    if (![...FIELD, ...QUICK_FIELD].some((known) => known === name)) throw stranger(name);
  const chosen = (names: readonly Contender[]) => (rivals ? names.filter((name) => rivals.includes(name)) : names);
  const field = chosen(count < COUNT / 5 ? [...FIELD, ...QUICK_FIELD] : FIELD);
  const clustered = await comparison(clusteredSet({ count, dimensions: 384 }, log), { m: 16, field }, log);
  const real = count === COUNT ? await minilmSet(log) : undefined;
  const minilm = real && (await comparison(real, { m: 16, field }, log));
  const wideSet = clusteredSet({ count: Math.ceil(count / 5), dimensions: 1536 }, log);
  const wide = await comparison(wideSet, { m: 32, field: chosen(WIDE_FIELD) }, log);
  const comparisons = [clustered, ...(minilm ? [minilm] : []), wide];
  const goals = [
    ...narrowGoals(clustered),
    ...(minilm ? narrowGoals(minilm) : []),
    ...ratioGoal(wide, ["pipit", "hnswlib-cpp"], 2.2),
  ];
  return { rows: comparisons.flatMap(rowsOf), goals, charts: comparisons.map(chartOf) };
}

function stranger(name: string): Error {
  return new Error(`got the rival ${name}, expected one of ${[...FIELD, ...QUICK_FIELD].join(", ")}. Pass another.`);
}

interface Compared {
  readonly set: VectorSet;
  readonly results: readonly Result[];
}

async function comparison(set: VectorSet, { m, field }: { m: number; field: readonly Contender[] }, log: Log) {
  const { efs, rounds } = set.count < COUNT / 5 ? QUICK : FULL;
  const settings = { set, m, efConstruction: EF_CONSTRUCTION, k: K, efs, rounds, graphs: "keep" } as const;
  return { set, results: await compare(field, settings, log) };
}

/** One row per rival; every point of its curve is in the chart, with its recall and its spread. */
function rowsOf({ set, results }: Compared): BenchRow[] {
  return results.map(({ rival, points, buildSeconds, bytesPerVector }) => {
    const rate = rateAtRecall(points, RECALL);
    const best = points.at(-1)!;
    return {
      set: set.name,
      rival,
      [`searches/s at recall ${RECALL}`]: rate ? Math.round(rate) : "never",
      "widest ef": best.ef,
      "its recall@10": Number(best.recall.toFixed(4)),
      "its searches/s": Math.round(best.rate),
      "its std /s": Math.round(best.std),
      "build s": Number(Math.min(...buildSeconds).toFixed(1)),
      "bytes/vector": bytesPerVector ? Math.round(bytesPerVector) : "not told",
    };
  });
}

function narrowGoals(compared: Compared): Goal[] {
  return [
    ...ratioGoal(compared, ["pipit", "hnswlib-cpp"], 2.2),
    ...ratioGoal(compared, ["pipit", "hnswlib-wasm"], 10),
    ...ratioGoal(compared, ["pipit-simd", "hnswlib-cpp"], 1.6),
    ...memoryGoal(compared),
  ];
}

/** A goal against a rival that did not run is not judged. */
function ratioGoal({ set, results }: Compared, [ours, theirs]: [Contender, Contender], least: number): Goal[] {
  const rate = (rival: Contender) => {
    const result = results.find((candidate) => candidate.rival === rival);
    return result && rateAtRecall(result.points, RECALL);
  };
  const [fast, slow] = [rate(ours), rate(theirs)];
  if (!slow) return [];
  const got = (fast ?? 0) / slow;
  const figure = `${set.name}: searches/s at recall ${RECALL}, ${ours} over ${theirs}`;
  return [{ figure, goal: `>= ${least}`, got, met: got >= least }];
}

/** The graph and its codes; the exact vectors that rank answers are not counted. */
function memoryGoal({ set, results }: Compared): Goal[] {
  const bytes = results.find(({ rival }) => rival === "pipit")?.bytesPerVector;
  if (!bytes) return [];
  const hnswlib = 4 * (2 * 16 + 1) + 4 * set.dimensions + 8 + 8;
  const got = (bytes - 4 * set.dimensions) / hnswlib;
  const figure = `${set.name}: bytes a vector, exact vectors apart, of hnswlib's ${hnswlib}`;
  return [{ figure, goal: "<= 0.3", got, met: got <= 0.3 }];
}

function chartOf({ set, results }: Compared): Chart {
  return {
    name: set.name,
    title: `${set.count.toLocaleString("en")} vectors of ${set.dimensions} values (${set.name}), one thread`,
    lines: results.map(({ rival, points }) => ({ name: rival, points })),
  };
}
