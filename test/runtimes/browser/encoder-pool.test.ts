import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadBuild, loadEncoder } from "@pipit/wasm/node";
import type { Page } from "playwright-core";
import { build, type PreviewServer, preview } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "../../fixtures/chromium.ts";
import { drawRows } from "../../fixtures/encoder-drawn.ts";
import { bertTwin, packTwin } from "../../fixtures/encoder-twins.ts";
import { seeded } from "../../fixtures/seeded.ts";
import { type Pages, usePages } from "./open-page.ts";
import { ISOLATED } from "./page-server.ts";
import type {} from "./pages/encoder-pool-app/app.ts";
import type { EncoderJob } from "./pages/encoder-pool-job.ts";
import { serveSite } from "./site.ts";

const packed = await packTwin(bertTwin(), await loadBuild("simd", "encoder"));
const file = [...packed];
const rows = drawRows(
  seeded(17),
  Array.from({ length: 40 }, (_, i) => 1 + 6 * i),
);
const bits = [...new Uint32Array((await (await loadEncoder(packed)).encodeTokens(rows)).buffer)];

const inTab = (page: Page, job: Partial<EncoderJob>) =>
  page.evaluate((given) => window.encode(given), { file, rows, threads: 2, ...job });
const inWorker = (page: Page, job: Partial<EncoderJob>) =>
  page.evaluate((given) => window.encodeInWorker(given), { file, rows, threads: 2, ...job });

async function openApp(pages: Pages): Promise<Page> {
  const page = await pages.browser.newPage();
  await page.goto(`${pages.server.url}encoder-pool-app/index.html`);
  await page.waitForFunction(() => window.encode);
  return page;
}

describe("in a page that shares nothing", () => {
  const pages = usePages({ headers: {} });

  test("one thread encodes without what several need", async () => {
    const page = await openApp(pages);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
    const before = pages.server.asked.length;
    expect(await inTab(page, { threads: 1 })).toEqual({ threads: [1, 1], bits });
    expect(pages.server.asked.slice(before).filter((path) => /web-encoder-/.test(path))).toEqual([]);
  });

  test("two threads of a tab answer with Node's bits", async () => {
    expect(await inTab(await openApp(pages), {})).toEqual({ threads: [2, 2], bits });
  });

  test("two threads of a worker answer with Node's bits", async () => {
    expect(await inWorker(await openApp(pages), {})).toEqual({ threads: [2, 2], bits });
  });

  test("no more threads encode than there are cores", async () => {
    const page = await openApp(pages);
    const cores = await page.evaluate(() => navigator.hardwareConcurrency);
    const most = Math.min(8, cores);
    expect(await inTab(page, { threads: 8 })).toEqual({ threads: [most, most], bits });
  });

  test.each([0, 9, 1.5])("%d threads are refused", async (threads) => {
    expect(await inTab(await openApp(pages), { threads })).toMatchObject({ error: { code: "bad-input" } });
  });

  test("where no worker is to be had one thread encodes", async () => {
    expect(await inTab(await openApp(pages), { member: "none" })).toEqual({ threads: [1, 1], bits });
  });

  test("an abort ends the call and leaves the threads to the next", async () => {
    const answer = await inTab(await openApp(pages), { meanwhile: "abort" });
    expect(answer).toMatchObject({ threads: [2, 2], bits, ended: { code: "aborted" } });
  });

  test("close ends the call", async () => {
    expect(await inTab(await openApp(pages), { meanwhile: "close" })).toMatchObject({ ended: { code: "closed" } });
  });

  test("a thread that dies ends the call, and the one that is left does the next", async () => {
    const answer = await inWorker(await openApp(pages), { meanwhile: "kill", member: "./mortal-encoder-member.ts" });
    const ended = { code: "worker-died", got: expect.stringContaining("told to die") };
    expect(answer).toMatchObject({ threads: [2, 1], bits, ended });
  });

  test("a thread whose answer cannot be read counts as dead", async () => {
    const answer = await inTab(await openApp(pages), { meanwhile: "garble" });
    expect(answer).toMatchObject({ threads: [2, 1], bits, ended: { code: "worker-died" } });
  });

  test.each([
    ["whose script is missing", "./nowhere.ts", /a thread that failed/],
    ["whose script fails", "./broken-worker.ts", /broken at the top/],
    ["that never answers", "data:text/javascript,", /no answer of a thread within 10000 ms/],
  ])("a thread %s is an error with a code", async (_, member, got) => {
    const answer = await inWorker(await openApp(pages), { member });
    expect(answer).toMatchObject({ error: { code: "worker-died", got: expect.stringMatching(got) } });
  });
});

describe("in a page whose scripts are as they are written", () => {
  const pages = usePages({ headers: {}, scripts: "source" });

  test("two threads answer with Node's bits, in the tab and in a worker", async () => {
    const page = await openApp(pages);
    expect(await inTab(page, {})).toEqual({ threads: [2, 2], bits });
    expect(await inWorker(page, {})).toEqual({ threads: [2, 2], bits });
  });
});

describe("an app that was bundled", () => {
  const root = fileURLToPath(new URL("./pages/encoder-pool-app", import.meta.url));
  const shared = { configFile: false, root, logLevel: "warn" } as const;
  let outDir: string;
  let server: PreviewServer;
  let browser: Awaited<ReturnType<typeof launchChromium>>;

  beforeAll(async () => {
    outDir = await mkdtemp(join(tmpdir(), "pipit-encoder-"));
    await build({
      ...shared,
      base: "./",
      resolve: { conditions: ["pipit-source", "browser", "module", "import"] },
      worker: { format: "es" },
      build: { outDir, target: "es2023", emptyOutDir: true },
    });
    server = await preview({ ...shared, build: { outDir }, preview: { host: "127.0.0.1", port: 0 } });
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await rm(outDir, { recursive: true, force: true });
  });

  test("finds the threads of its encoder, in the tab and in a worker", async () => {
    const page = await browser.newPage();
    await page.goto(server.resolvedUrls!.local[0]!);
    await page.waitForFunction(() => window.encode);
    expect(await inTab(page, {})).toEqual({ threads: [2, 2], bits });
    expect(await inWorker(page, {})).toEqual({ threads: [2, 2], bits });
  });

  test("finds them where its script comes from another origin, on a page that is isolated", async () => {
    const script = (await readdir(join(outDir, "assets"))).find((name) => /^index-.*\.js$/.test(name));
    const cdn = await serveSite({ folders: { "/": outDir } });
    const text = `<!doctype html><title>A site</title><script type="module" src="${cdn.url}/assets/${script}"></script>`;
    const site = await serveSite({ texts: { "/a.html": text }, headers: ISOLATED });
    const page = await browser.newPage();
    await page.goto(`${site.url}/a.html`);
    await page.waitForFunction(() => window.encode);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(await inTab(page, {})).toEqual({ threads: [2, 2], bits });
    await Promise.all([cdn.close(), site.close()]);
  });
});
