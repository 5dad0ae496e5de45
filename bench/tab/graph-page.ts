import { createReadStream, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromiumOptions } from "@pipit/test/fixtures/chromium";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { createServer, type Plugin } from "vite";
import type { Clusters } from "../clustered-chunks.ts";
import type { Building, Job, Opening, Searches, Way } from "./pages/graph-worker.ts";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const ISOLATED = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/** Pages of a Chromium with storage on disk, which keep one graph in their private file system. */
export interface GraphPages {
  /** A page with a fresh worker, which answers jobs. */
  open(): Promise<GraphPage>;
  close(): Promise<void>;
}

export interface GraphPage {
  open(dimensions: number, through: Way): Promise<Opening>;
  build(set: Clusters, threads: number): Promise<Building>;
  search(queries: Float32Array, asked: { readonly k: number; readonly ef: number }): Promise<Searches>;
  close(): Promise<void>;
}

/** Copies the file into the browser first; that is not part of any figure. */
export async function openGraphPages(path: string): Promise<GraphPages> {
  const folder = await mkdtemp(join(tmpdir(), "pipit-tab-"));
  const server = await serve(path, folder);
  const context = await chromium.launchPersistentContext(join(folder, "profile"), chromiumOptions());
  const pages = {
    open: async () => pageOf(context, server.resolvedUrls!.local[0]!),
    close: async () => {
      await context.close();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    const page = await context.newPage();
    await page.goto(`${server.resolvedUrls!.local[0]!}page.html`);
    await runJob(page, { do: "store", url: "/graph", name: "graph" });
    await page.close();
  } catch (error) {
    await pages.close();
    throw error;
  }
  return pages;
}

async function pageOf(context: BrowserContext, url: string): Promise<GraphPage> {
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error(error));
  await page.goto(`${url}page.html`);
  return {
    open: (dimensions, through) => runJob(page, { do: "open", name: "graph", dimensions, through }) as Promise<Opening>,
    build: (set, threads) => runJob(page, { do: "build", set, threads }) as Promise<Building>,
    search: (queries, asked) => runJob(page, { do: "search", queries, ...asked }) as Promise<Searches>,
    close: () => page.close(),
  };
}

/** The page's worker ends with the page; the first job starts it. */
function runJob(page: Page, job: Job): Promise<unknown> {
  return page.evaluate(async (given) => {
    const kept = window as { worker?: Worker };
    kept.worker ??= new Worker(new URL("./graph-worker.ts", location.href), { type: "module" });
    const { worker } = kept;
    return new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.postMessage(given);
    });
  }, job);
}

async function serve(path: string, folder: string) {
  const server = await createServer({
    configFile: false,
    root: at("./pages"),
    cacheDir: join(folder, "vite"),
    logLevel: "warn",
    plugins: [graphAt(path)],
    resolve: { conditions: ["pipit-source", "browser", "module", "development"] },
    worker: { format: "es" },
    optimizeDeps: { noDiscovery: true, include: [] },
    server: { host: "127.0.0.1", port: 0, watch: null, fs: { allow: [at("../..")] }, headers: ISOLATED },
  });
  return server.listen();
}

function graphAt(path: string): Plugin {
  return {
    name: "graph",
    configureServer({ middlewares }) {
      middlewares.use("/graph", (_request, response) => {
        response.setHeader("Content-Length", statSync(path).size);
        createReadStream(path, { highWaterMark: 1 << 20 }).pipe(response);
      });
    },
  };
}
