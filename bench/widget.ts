import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { assetPath } from "@pipit/test/fixtures/assets";
import { launchProfile } from "@pipit/test/fixtures/chromium";
import type { BrowserContext } from "playwright-core";
import { type PreviewServer, preview } from "vite";
import {
  type Bench,
  type BenchOptions,
  type BenchReport,
  type BenchRow,
  type Goal,
  type Log,
  spread,
} from "./bench.ts";

const COUNT = 20_000;
const FIRST_VISITS = 5;
const LATER_VISITS = 7;
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const BUILT = at("../packages/widget/dist");
const MOST_MS = { first: 1500, later: 500 };

/**
 * The built widget in a page of a Chromium with its storage on disk. The question is typed as soon as the element has its field; times are
 * counted from there, in the page. "everything" ends with the last answer that is renewed, when all entries have their vectors. Later
 * visits are new pages in the same browser, whose system has the files in memory.
 */
export const bench: Bench = {
  name: "widget",
  question: `How soon does a widget with ${COUNT.toLocaleString("en")} entries answer at the first visit and at later ones?`,
  run,
};

async function run(log: Log, { count = COUNT }: BenchOptions): Promise<BenchReport> {
  if (!existsSync(join(BUILT, "pipit-search.js"))) throw new Error("got no built widget. Run `npm run build` first.");
  const folder = await mkdtemp(join(tmpdir(), "pipit-widget-"));
  await symlink(BUILT, join(folder, "widget"));
  await writeFile(join(folder, "entries.json"), JSON.stringify(entries(count)));
  await symlink(at("./widget/page.html"), join(folder, "index.html"));
  const server = await preview({
    configFile: false,
    logLevel: "error",
    root: folder,
    build: { outDir: "." },
    preview: { port: 0, host: "127.0.0.1" },
  });
  try {
    return await visits(folder, server, log);
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The browser of the last first visit makes the later ones. */
async function visits(folder: string, server: PreviewServer, log: Log): Promise<BenchReport> {
  const url = server.resolvedUrls!.local[0]!;
  const firsts: number[] = [];
  for (let i = 1; i < FIRST_VISITS; i++) {
    const context = await launchProfile(join(folder, `profile-${i}`));
    firsts.push((await visit(context, url, { until: "answered" })).words);
    await context.close();
    log(`first visit ${i}: ${Math.round(firsts.at(-1)!)} ms`);
  }
  const context = await launchProfile(join(folder, "profile"));
  try {
    const first = await visit(context, url, { until: "settled" });
    log(`first visit ${FIRST_VISITS}: ${Math.round(first.words)} ms`);
    return reportOf([...firsts, first.words], first.everything, await laterVisits(context, url, log));
  } finally {
    await context.close();
  }
}

async function laterVisits(context: BrowserContext, url: string, log: Log): Promise<number[]> {
  const later: number[] = [];
  for (let i = 1; i <= LATER_VISITS; i++) {
    later.push((await visit(context, url, { until: "settled" })).words);
    log(`later visit ${i}: ${Math.round(later.at(-1)!)} ms`);
  }
  return later;
}

function reportOf(firsts: readonly number[], everything: number, later: readonly number[]): BenchReport {
  const rows = [
    row("first visit, first hits by words", firsts),
    row("first visit, everything by meaning", [everything]),
    row("later visit, first hits", later),
  ];
  const goals = [
    goal("first hits of the first visit, median, ms", spread(firsts).median, MOST_MS.first),
    goal("first hits of a later visit, median, ms", spread(later).median, MOST_MS.later),
  ];
  return { rows, goals };
}

function row(subject: string, samples: readonly number[]): BenchRow {
  const { min, median, std } = spread(samples);
  return { subject, "min ms": Math.round(min), "median ms": Math.round(median), "std ms": Math.round(std) };
}

function goal(figure: string, got: number, most: number): Goal {
  return { figure, goal: `<= ${most}`, got, met: got <= most };
}

interface Seen {
  readonly words: number;
  readonly everything: number;
}

async function visit(
  context: BrowserContext,
  url: string,
  { until }: { until: "answered" | "settled" },
): Promise<Seen> {
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error(error));
  await page.goto(url);
  await page.waitForFunction((mark) => document.documentElement.dataset[mark], until, { timeout: 0 });
  const { answers } = await page.evaluate(() => ({ answers: (window as unknown as { answers: number[] }).answers }));
  await page.close();
  return { words: answers[0]!, everything: answers.at(-1)! };
}

/** Paragraphs of textbooks, or made sentences without the assets. */
function entries(count: number) {
  const path = assetPath("text/train/openstax-paragraphs.txt.gz");
  const texts = path ? gunzipSync(readFileSync(path)).toString().split("\n") : [];
  return Array.from({ length: count }, (_, i) => {
    const text =
      texts[i % texts.length] || `Paragraph ${i} tells how the cells of plant ${i % 997} divide in spring ${i % 89}.`;
    return { id: `entry-${i}`, title: text.split(" ", 6).join(" "), text, url: `/page/${i}` };
  });
}
