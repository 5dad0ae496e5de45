import {
  type Bench,
  type BenchOptions,
  type BenchReport,
  type BenchRow,
  type Goal,
  type Log,
  spread,
} from "./bench.ts";
import type { Clusters } from "./clustered-chunks.ts";
import { type GraphFile, keptGraph } from "./tab/graph-file.ts";
import { type GraphPage, type GraphPages, openGraphPages } from "./tab/graph-page.ts";
import type { Building, Opening, Way } from "./tab/pages/graph-worker.ts";
import { countShared } from "./truth.ts";

const COUNT = 1_000_000;
const DIMENSIONS = 384;
const K = 10;
const ROUNDS = 5;
const WAYS: readonly Way[] = ["handle", "blob"];
const THREADS = [1, 2];
const BUILDS = 3;
const MOST_BUILT = 100_000;
const EFS = [16, 24, 32, 48, 64, 96, 128, 192, 256, 512];
const LEAST_RECALL = 0.95;
const MOST_OPENING_MS = 2000;
const MOST_SEARCH_MS = 10;

/**
 * The timed steps. The snapshot is in the origin's private file system, as an app stores it. Opening is one call of
 * `open` in the worker of a fresh page, whose module was just compiled: it reads the file into the kernel's memory, verifies the checksums
 * and the soundness of the graph, and builds the map of rows. The file was written a moment ago, so that the system has its bytes in
 * memory: the time of a disk is additional. Searches are single calls in that worker, with one query each.
 */
export const bench: Bench = {
  name: "tab",
  question: `How soon does a tab of Chromium open ${COUNT.toLocaleString("en")} vectors from their snapshot, and how soon does it answer?`,
  run,
};

async function run(log: Log, { count = COUNT, dimensions = DIMENSIONS }: BenchOptions): Promise<BenchReport> {
  // Memory is scarce in a tab: a graph with codes only takes two fifths of the memory of one with f16 originals.
  const graph = await keptGraph({ count, dimensions, originals: "none" }, K, log);
  log("bringing the snapshot into the tab's file system");
  const pages = await openGraphPages(graph.path);
  const openings: Opening[] = [];
  try {
    let page = await pages.open();
    for (let round = 0; round < ROUNDS * WAYS.length; round++) {
      await page.close();
      page = await pages.open();
      openings.push(await page.open(dimensions, WAYS[round % WAYS.length]!));
      log(told(openings.at(-1)!));
    }
    const answered = await ask(page, graph);
    await page.close();
    const built = await buildRows(pages, { count: Math.min(count, MOST_BUILT), dimensions }, log);
    return { rows: [...rowsOf(graph, openings, answered), ...built], goals: goalsOf(openings, answered) };
  } finally {
    await pages.close();
  }
}

/** The same graph built by one thread of a tab and by two, alternately; the pages are isolated. */
async function buildRows(pages: GraphPages, set: Clusters, log: Log): Promise<BenchRow[]> {
  const built: Building[] = [];
  for (let round = 0; round < BUILDS * THREADS.length; round++) {
    const page = await pages.open();
    built.push(await page.build(set, THREADS[round % THREADS.length]!));
    const { threads, milliseconds } = built.at(-1)!;
    log(`built ${set.count} with ${threads} in ${(milliseconds / 1000).toFixed(1)} s`);
    await page.close();
  }
  return THREADS.map((threads, at) => {
    const same = built.filter((_, round) => round % THREADS.length === at);
    const { median, min } = spread(same.map(({ milliseconds }) => milliseconds / 1000));
    const subject = `${set.count} x ${set.dimensions}, built in the tab by ${threads}`;
    return { subject, threads: same[0]!.threads, "median s": rounded(median), "least s": rounded(min) };
  });
}

function told({ through, milliseconds, reading }: Opening): string {
  return `opened through a ${through} in ${Math.round(milliseconds)} ms, ${Math.round(reading)} of them reading`;
}

interface Answered {
  readonly ef: number;
  readonly recall: number;
  readonly milliseconds: readonly number[];
}

/** Uses the smallest ef that reaches the recall; the search for it is the warm-up. */
async function ask(page: GraphPage, graph: GraphFile): Promise<Answered> {
  const judged = graph.queries.subarray(0, (graph.truth.length / K) * graph.dimensions);
  for (const ef of EFS) {
    const recall = recallOf((await page.search(judged, { k: K, ef })).rows, graph);
    if (recall < LEAST_RECALL && ef !== EFS.at(-1)) continue;
    await page.search(graph.queries, { k: K, ef });
    return { ef, recall, milliseconds: (await page.search(graph.queries, { k: K, ef })).milliseconds };
  }
  throw new Error("got no ef to search with, expected one at least. Name some.");
}

function recallOf(found: readonly Uint32Array[], { truth }: GraphFile): number {
  const shared = found.reduce((sum, rows, i) => sum + countShared(rows, truth.subarray(i * K, (i + 1) * K)), 0);
  return shared / truth.length;
}

function rowsOf({ name }: GraphFile, openings: readonly Opening[], answered: Answered): BenchRow[] {
  const { bytes, count } = openings[0]!;
  const opened = WAYS.map((way) => {
    const through = openings.filter((opening) => opening.through === way);
    return {
      subject: `${name}, opened through a ${way}`,
      "median ms": Math.round(spread(through.map(({ milliseconds }) => milliseconds)).median),
      "slowest ms": Math.round(slowest(through)),
      "of it reading ms": Math.round(spread(through.map(({ reading }) => reading)).median),
      "bytes/vector": Math.round(bytes / count),
    };
  });
  const searched = {
    subject: `${name}, searched`,
    ef: answered.ef,
    [`recall@${K}`]: Number(answered.recall.toFixed(4)),
    "p50 ms": rounded(at(answered.milliseconds, 0.5)),
    "p99 ms": rounded(at(answered.milliseconds, 0.99)),
  };
  return [...opened, searched];
}

function goalsOf(openings: readonly Opening[], { recall, milliseconds }: Answered): Goal[] {
  const opening = slowest(openings);
  const p99 = at(milliseconds, 0.99);
  return [
    { figure: "slowest opening, ms", goal: `<= ${MOST_OPENING_MS}`, got: opening, met: opening <= MOST_OPENING_MS },
    { figure: "p99 of a search, ms", goal: `< ${MOST_SEARCH_MS}`, got: p99, met: p99 < MOST_SEARCH_MS },
    { figure: `recall@${K} of it`, goal: `>= ${LEAST_RECALL}`, got: recall, met: recall >= LEAST_RECALL },
  ];
}

function slowest(openings: readonly Opening[]): number {
  return Math.max(...openings.map(({ milliseconds }) => milliseconds));
}

function at(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.floor(share * sorted.length)]!;
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
