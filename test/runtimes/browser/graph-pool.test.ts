import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { usePages } from "./open-page.ts";
import type { BuildAnswer } from "./pages/pool-build.ts";
import type { PoolJob } from "./pages/pool-worker.ts";
import type {} from "./pages/tab.ts";

function buildInWorker(page: Page, job: PoolJob): Promise<BuildAnswer> {
  return page.evaluate(async (given) => {
    const worker = new Worker(new URL("./pool-worker.ts", location.href), { type: "module" });
    const answer = await new Promise<MessageEvent>((resolve, reject) => {
      worker.onmessage = resolve;
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(given);
    });
    worker.terminate();
    return answer.data;
  }, job);
}

describe("in a page that is isolated", () => {
  const pages = usePages({ scripts: "source" });
  let alone: BuildAnswer;

  beforeAll(async () => {
    alone = await buildInWorker(await pages.open(), { threads: 1 });
  });

  test("one thread builds without what several need", () => {
    expect(alone).toMatchObject({ threads: 1 });
    expect(pages.server.asked.filter((path) => /web-pool|search-threads/.test(path))).toEqual([]);
  });

  test("two threads build the same graph as one, and build on after opening it, to the byte", async () => {
    expect(await buildInWorker(await pages.open(), { threads: 2 })).toEqual({ ...alone, threads: 2 });
  });

  test("no more threads build than there are cores", async () => {
    const page = await pages.open();
    const cores = await page.evaluate(() => navigator.hardwareConcurrency);
    expect(await buildInWorker(page, { threads: 8 })).toEqual({ ...alone, threads: Math.min(8, cores) });
  });

  test("the window's own thread, which may not wait, builds alone", async () => {
    const page = await pages.open();
    // A string, because the test compiler would turn an import expression into one of Node.
    expect(await page.evaluate("import('./pool-build.ts').then(({ build }) => build(2))")).toEqual(alone);
  });

  test("an engine of the tab that is given threads fetches none of them while it scans", async () => {
    const page = await pages.open();
    const before = pages.server.asked.length;
    const found = await page.evaluate(async () => {
      const engine = await window.pipit.open({ threads: 2 });
      await engine.add([{ id: "owl", text: "a night hunter with silent wings" }]);
      const { hits } = await engine.search("silent night hunter", { k: 1 });
      await engine.close();
      return hits.map(({ id }) => id);
    });
    expect(found).toEqual(["owl"]);
    const asked = pages.server.asked.slice(before).filter((path) => path.endsWith(".wasm"));
    expect(asked.some((path) => path.includes("exact-"))).toBe(true);
    expect(asked.filter((path) => path.includes("search-"))).toEqual([]);
  });

  test.each([
    ["whose script is missing", "./nowhere.ts", /a thread that failed/],
    ["whose script fails", "./broken-worker.ts", /broken at the top/],
    ["that never answers", "data:text/javascript,", /no answer/],
  ])("a thread %s is an error with a code", async (_, member, got) => {
    const answer = await buildInWorker(await pages.open(), { threads: 2, member });
    expect(answer).toMatchObject({ error: { code: "worker-died", got: expect.stringMatching(got) } });
  });
});

describe("in a page that is not isolated", () => {
  const pages = usePages({ headers: {}, scripts: "source" });

  test("one thread builds, and the index says so", async () => {
    const page = await pages.open();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
    expect(await buildInWorker(page, { threads: 2 })).toMatchObject({ threads: 1 });
  });
});
