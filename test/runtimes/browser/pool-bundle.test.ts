import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { build, type PreviewServer, preview } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../../fixtures/chromium.ts";
import { ISOLATED } from "./page-server.ts";
import type {} from "./pages/pool-app/app.ts";
import type { BuildAnswer } from "./pages/pool-build.ts";
import { serveSite } from "./site.ts";

const root = fileURLToPath(new URL("./pages/pool-app", import.meta.url));
let outDir: string;
let server: PreviewServer;
let browser: Browser;

beforeAll(async () => {
  outDir = await mkdtemp(join(tmpdir(), "pipit-pool-"));
  const shared = { configFile: false, root, logLevel: "warn" } as const;
  await build({
    ...shared,
    base: "./",
    resolve: { conditions: ["pipit-source", "browser", "module", "import"] },
    worker: { format: "es" },
    build: { outDir, target: "es2023", emptyOutDir: true },
  });
  const host = { host: "127.0.0.1", port: 0, headers: ISOLATED };
  server = await preview({ ...shared, build: { outDir }, preview: host });
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await rm(outDir, { recursive: true, force: true });
});

test("an app that was bundled finds the threads of its index", async () => {
  const page = await browser.newPage();
  await page.goto(server.resolvedUrls!.local[0]!);
  expect(await page.evaluate(() => window.built)).toMatchObject({ threads: 2, sum: expect.any(String) });
});

test("a worker whose script comes from another origin finds them too, on a page that is isolated", async () => {
  const script = (await readdir(join(outDir, "assets"))).find((name) => /^pool-worker-.*\.js$/.test(name));
  const cdn = await serveSite({ folders: { "/": outDir } });
  const site = await serveSite({ texts: { "/a.html": "<!doctype html><title>A site</title>" }, headers: ISOLATED });
  const page = await browser.newPage();
  await page.goto(`${site.url}/a.html`);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  const answer = await page.evaluate(async (address) => {
    const own = URL.createObjectURL(new Blob([`import ${JSON.stringify(address)};`], { type: "text/javascript" }));
    const worker = new Worker(own, { type: "module" });
    const answer = new Promise<BuildAnswer>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
    });
    worker.postMessage({ threads: 2 });
    return answer;
  }, `${cdn.url}/assets/${script}`);
  expect(answer).toMatchObject({ threads: 2, sum: expect.any(String) });
  await Promise.all([cdn.close(), site.close()]);
});
