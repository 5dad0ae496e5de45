import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startAppServer } from "@pipit/test/fixtures/app-server";
import { assetPath } from "@pipit/test/fixtures/assets";
import { type Random, seeded } from "@pipit/test/fixtures/seeded";
import { type Bench, type BenchOptions, type BenchReport, type BenchRow, type Goal, spread } from "./bench.ts";
import { drawText, load, type Measured, post, probeHealth } from "./serve/server-load.ts";

const COUNT = 100_000;
/** The number of entries for the run with the better model; more would take minutes. */
const FEW = 5_000;
const ENTRIES_A_CALL = 1000;
const ROUNDS = 3;
const ROUND_MS = 7_000;
const MOST_HEALTH_MS = 20;

export const bench: Bench = {
  name: "serve",
  question: "Does the server answer searches and /health while it writes, embeds and starts again without a snapshot?",
  run,
};

type Log = (line: string) => void;
type Work = (isOver: () => boolean) => Promise<void>;

async function run(log: Log, { count = COUNT }: BenchOptions): Promise<BenchReport> {
  const folder = await mkdtemp(join(tmpdir(), "pipit-serve-"));
  const random = seeded(11);
  try {
    const data = join(folder, "many");
    const busy = await onServer("", data, (url) => whileBusy(url, { log, random, count }));
    await rm(join(data, "snapshots"), { recursive: true });
    const restarted = await onServer("", data, (url) => whileCatchingUp(url, log));
    const models = assetPath("models");
    const better =
      models && (await onServer(models, join(folder, "few"), (url) => whileBusy(url, { log, random, count: FEW })));
    const reports = [busy, restarted, ...(better ? [better] : [])];
    return { rows: reports.flatMap(({ rows }) => rows), goals: reports.flatMap(({ goals }) => goals) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function onServer<T>(models: string, data: string, work: (url: string) => Promise<T>): Promise<T> {
  const server = await startAppServer(models, { PIPIT_DATA: data, PIPIT_LOG: "off" });
  return work(server.url).finally(() => server.stop());
}

interface Filling {
  readonly log: Log;
  readonly random: Random;
  readonly count: number;
}

async function whileBusy(url: string, { log, random, count }: Filling): Promise<BenchReport> {
  // Entries embedded by the starter would be embedded again during the measurement.
  const models = await readyModels(url);
  await post(url, "/v1/collections", { name: "docs" });
  const filling = performance.now();
  for (let first = 0; first < count; first += ENTRIES_A_CALL) {
    const size = Math.min(ENTRIES_A_CALL, count - first);
    const entries = Array.from({ length: size }, (_, i) => ({ id: `e${first + i}`, text: drawText(random) }));
    await post(url, "/v1/collections/docs/entries", { entries });
  }
  log(`${count} entries in ${Math.round((performance.now() - filling) / 1000)} s`);
  const works = worksOf(url, random, models.at(-1)!);
  await load(url, { random, ms: ROUND_MS, beside: works.get("nothing")! });
  // The kinds of work alternate, so that a change of the machine's speed affects all.
  const rounds = new Map([...works.keys()].map((name): [string, Measured[]] => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, beside] of works) {
      log(`round ${round + 1} of ${ROUNDS}: ${name}`);
      rounds.get(name)!.push(await load(url, { random, ms: ROUND_MS, beside }));
    }
  }
  const { recall } = (await (await fetch(`${url}/v1/collections/docs`)).json()) as { recall: number };
  const rows = [...rounds].map(([name, measured]) => rowOf(name, measured, { count, recall }));
  const perSecond = (name: string) => Number(rows.find(({ beside }) => beside === name)!["searches/s"]);
  const share = perSecond("an upsert every 3 s") / perSecond("nothing");
  const kept: Goal = {
    figure: `searches of ${count} with an upsert every 3 s, share of those without`,
    goal: ">= 0.9",
    got: share,
    met: share >= 0.9,
  };
  const slow = rows.map((row) => healthGoal(`of ${count} entries beside ${row.beside}`, Number(row["health p99 ms"])));
  return { rows, goals: [kept, ...slow] };
}

/** The server's other work during the searches. */
function worksOf(url: string, random: Random, model: string): Map<string, Work> {
  let written = 0;
  return new Map<string, Work>([
    ["nothing", async () => undefined],
    [
      "an upsert every 3 s",
      async (isOver) => {
        while (!isOver()) {
          await post(url, "/v1/collections/docs/entries", {
            entries: [{ id: `x${written++}`, text: drawText(random) }],
          });
          await pause(3_000);
        }
      },
    ],
    [
      `1,000 embeddings in a row, ${model}`,
      async (isOver) => {
        while (!isOver()) {
          const input = Array.from({ length: 1_000 }, () => drawText(random));
          await post(url, "/v1/embeddings", { model, input, encoding_format: "base64" });
        }
      },
    ],
  ]);
}

async function readyModels(url: string): Promise<string[]> {
  for (;;) {
    const { data } = (await (await fetch(`${url}/v1/models`)).json()) as { data: { id: string; state: string }[] };
    if (data.every(({ state }) => state !== "loading")) {
      return data.filter(({ state }) => state === "ready").map(({ id }) => id);
    }
    await pause(200);
  }
}

function rowOf(
  beside: string,
  measured: readonly Measured[],
  { count, recall }: { readonly count: number; readonly recall: number },
): BenchRow {
  const rates = spread(measured.map(({ searches }) => searches));
  const search = quantiles(measured.flatMap((round) => round.search));
  const health = quantiles(measured.flatMap((round) => round.health));
  return {
    entries: count,
    beside,
    "searches/s": Math.round(rates.median),
    "least /s": Math.round(rates.min),
    recall,
    "search p50 ms": search(0.5),
    "search p99 ms": search(0.99),
    "health p50 ms": health(0.5),
    "health p99 ms": health(0.99),
  };
}

function quantiles(samples: readonly number[]): (share: number) => number {
  const sorted = [...samples].sort((a, b) => a - b);
  return (share) =>
    Number((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN).toPrecision(3));
}

async function whileCatchingUp(url: string, log: Log): Promise<BenchReport> {
  log("a restart without a snapshot");
  const began = performance.now();
  const first = await fetch(`${url}/ready`);
  const answer = await post<{ partial?: boolean; hits: unknown[] }>(url, "/v1/collections/docs/search", {
    text: "night owl",
  });
  const firstMs = performance.now() - began;
  const healthTimes = probeHealth(url);
  while ((await fetch(`${url}/ready`)).status !== 200) await pause(5);
  const wholeMs = performance.now() - began;
  const health = await healthTimes();
  const p99 = health.length > 0 ? quantiles(health)(0.99) : 0;
  const row: BenchRow = {
    beside: "a restart without a snapshot",
    "ready at first": first.status,
    "first answer ms": Math.round(firstMs),
    partial: String(answer.partial ?? false),
    hits: answer.hits.length,
    "whole after ms": Math.round(wholeMs),
    "health p99 ms": p99,
  };
  const goals: Goal[] = [
    {
      figure: "/ready at first, when nothing is caught up yet",
      goal: "503",
      got: first.status,
      met: first.status === 503,
    },
    {
      figure: "first answer after a restart without a snapshot, ms",
      goal: "< 2000",
      got: firstMs,
      met: firstMs < 2_000,
    },
    { figure: "whole after a restart without a snapshot, ms", goal: "< 15000", got: wholeMs, met: wholeMs < 15_000 },
    healthGoal("while catching up", p99),
  ];
  return { rows: [row], goals };
}

function healthGoal(when: string, got: number): Goal {
  return { figure: `/health p99 ${when}, ms`, goal: `<= ${MOST_HEALTH_MS}`, got, met: got <= MOST_HEALTH_MS };
}
