import type { Bench, BenchOptions, BenchReport, Goal, Log } from "./bench.ts";
import { spread } from "./bench.ts";
import { compare, type Result } from "./rivals/compare.ts";
import type { Contender } from "./rivals/field.ts";
import { clusteredSet } from "./vector-sets.ts";

const COUNT = 100_000;
const ROUNDS = 3;
const EF = 64;
const FIELD: readonly Contender[] = ["pipit", "pipit-2-threads", "pipit-simd", "hnswlib-cpp"];
/** The upper limit of a build's time, as a share of the time of hnswlib C++ on one thread. */
const GOALS: readonly (readonly [Contender, number])[] = [
  ["pipit", 0.35],
  ["pipit-2-threads", 0.2],
];

export const bench: Bench = {
  name: "build",
  question: "How long does building the graph take, beside hnswlib C++ on one thread, and how good is what was built?",
  run,
};

async function run(log: Log, { count = COUNT }: BenchOptions): Promise<BenchReport> {
  const set = clusteredSet({ count, dimensions: 384 }, log);
  const comparison = { set, m: 16, efConstruction: 200, k: 10, efs: [EF], rounds: ROUNDS, graphs: "rebuild" } as const;
  const results = await compare(FIELD, comparison, log);
  const rows = results.map(({ rival, buildSeconds, points }) => {
    const { median, min, std } = spread(buildSeconds);
    const seconds = { "median s": rounded(median), "min s": rounded(min), "std s": rounded(std) };
    const rate = Math.round(count / median);
    return { set: set.name, rival, ...seconds, "rows/s": rate, [`recall@10, ef ${EF}`]: rounded(points[0]!.recall) };
  });
  return { rows, goals: GOALS.flatMap((goal) => shareGoal(results, goal)) };
}

function shareGoal(results: readonly Result[], [rival, most]: readonly [Contender, number]): Goal[] {
  const [ours, theirs] = [rival, "hnswlib-cpp"].map((name) => results.find((result) => result.rival === name));
  if (!ours || !theirs) return [];
  const got = spread(ours.buildSeconds).median / spread(theirs.buildSeconds).median;
  return [{ figure: `time of a build, ${rival} of hnswlib C++`, goal: `<= ${most}`, got, met: got <= most }];
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
