import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createEdgeEngine } from "@pipit/edge/client";
import { ModelStates, type NodeServer, startNodeServer } from "@pipit/edge/node";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { build, type Plugin } from "vite";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { BAG_SPACE, createBagEmbedder } from "../../fixtures/bag-embedder.ts";
import { launchChromium } from "../../fixtures/chromium.ts";
import { entries } from "./pages/widget/entries.ts";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Builds the script with the worker of the tests. Everything else is as in a real page, except the encoder's weights. */
function bagWorker(): Plugin {
  const own = /packages\/browser\/src\/worker\.[jt]s$/;
  return { name: "bag-worker", resolveId: (id) => (own.test(id) ? at("./pages/bag-worker.ts") : null) };
}

function pageOf(tag: string, policy = ""): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>One tag</title><link rel="icon" href="data:,">${policy}
    <main><h1>Guide</h1>${tag}</main><script type="module" src="/pipit-search.js"></script></html>`;
}

const STRICT = `<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:; require-trusted-types-for 'script'">`;

let folder: string;
let server: NodeServer;
let browser: Browser;
let context: BrowserContext;
let asked: string[];

const write = (name: string, text: string) => writeFile(join(folder, name), text);
const writeEntries = (list: unknown) => write("entries.json", JSON.stringify(list));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pipit-widget-"));
  await build({
    configFile: at("../../../packages/widget/vite.config.ts"),
    build: { outDir: join(folder, "app") },
    worker: { format: "es", plugins: () => [bagWorker()] },
  });
  const models = new ModelStates(BAG_SPACE, ["bag"]);
  models.set("bag", { state: "ready", embedder: createBagEmbedder(), backend: "js", why: "the test asks for it" });
  const [dataFolder, appFolder] = [join(folder, "data"), join(folder, "app")];
  server = await startNodeServer({ port: 0, host: "127.0.0.1", dataFolder, appFolder, models });
  folder = appFolder;
  await write("tab.html", pageOf('<pipit-search source="entries.json"></pipit-search>'));
  await write("edge.html", pageOf('<pipit-search edge="/" collection="guide"></pipit-search>'));
  await write("strict.html", pageOf('<pipit-search edge="/" collection="guide"></pipit-search>', STRICT));
  await write(
    "twice.html",
    pageOf('<script type="module" src="/pipit-search.js?again"></script><pipit-search edge="/" />'),
  );
  await createEdgeEngine({ url: server.url, collection: "guide", create: "if-missing" }).add(entries);
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  if (folder) await rm(join(folder, ".."), { recursive: true });
});

beforeEach(async () => {
  await writeEntries(entries);
  context = await browser.newContext();
  asked = [];
  context.on("request", (request) => asked.push(request.url()));
});

afterEach(() => context.close());

async function open(name: string): Promise<Page> {
  const page = await context.newPage();
  page.on("pageerror", (error) => console.log(`page: ${error.stack}`));
  await page.goto(`${server.url}/${name}`);
  await page.waitForFunction(() => customElements.get("pipit-search"));
  return page;
}

async function titles(page: Page, query: string): Promise<string[]> {
  await page.locator("[part=trigger]").click();
  await page.locator("[part=input]").fill(query);
  await page.locator("[part=hit]").first().waitFor();
  return page.locator("[part=hit-title]").allTextContents();
}

describe("one script tag and a file of entries", () => {
  test("finds in the tab", async () => {
    expect((await titles(await open("tab.html"), "blue fish rivers"))[0]).toBe("Kingfisher");
  });

  test("fetches nothing but its script until it is used", async () => {
    await open("tab.html");
    const paths = asked.filter((url) => url.startsWith(server.url)).map((url) => new URL(url).pathname);
    // The bundler puts what the script shares with later ones into chunks of a kilobyte or two.
    const own = /^\/(tab\.html|pipit-search\.js|chunks\/(errors|folded-words)-.+\.js)$/;
    expect(paths.filter((path) => !own.test(path))).toEqual([]);
  });

  test("fetches its entries as soon as the search is opened, before a word is typed", async () => {
    const page = await open("tab.html");
    const fetched = page.waitForRequest(/\/entries\.json$/);
    await page.locator("[part=trigger]").click();
    await fetched;
  });

  test("ends its worker when it is removed from the page, not when it is moved in it", async () => {
    const page = await open("tab.html");
    await titles(page, "blue fish rivers");
    await page.evaluate(() => document.body.append(document.querySelector("pipit-search")!));
    await titles(page, "blue fish rivers");
    expect(asked.filter((url) => url.endsWith("/entries.json"))).toHaveLength(1);
    await page.evaluate(() => document.querySelector("pipit-search")?.remove());
    await expect.poll(() => page.workers().length).toBe(0);
  });

  test("asks no other origin", async () => {
    await titles(await open("tab.html"), "blue fish rivers");
    expect(asked.filter((url) => !url.startsWith(server.url) && !url.startsWith("data:"))).toEqual([]);
  });

  test("a later visit finds what the file holds now", async () => {
    await titles(await open("tab.html"), "blue fish rivers");
    const king = { id: "king", text: "It waits for voles at dusk.", fields: { title: "Another kingfisher" } };
    await writeEntries([...entries.filter(({ id }) => id !== "owl" && id !== "king"), king]);
    const found = await titles(await open("tab.html"), "voles at dusk");
    expect(found).toContain("Another kingfisher");
    expect(found.filter((title) => ["Barn owl", "Kingfisher"].includes(title))).toEqual([]);
  });

  test("of an id given twice the last entry is found, at every visit", async () => {
    const twice = ["First", "Last"].map((title) => ({ id: "twice", text: "It waits for voles.", fields: { title } }));
    await writeEntries([...entries, ...twice]);
    for (let visit = 0; visit < 3; visit++) {
      const found = await titles(await open("tab.html"), "waits for voles");
      expect(found.filter((title) => title === "First" || title === "Last")).toEqual(["Last"]);
    }
  });

  test("an emptied or removed entry is found no more, also when the browser lost the file it had kept", async () => {
    await titles(await open("tab.html"), "blue fish rivers");
    const king = { id: "king", text: "", fields: { title: "Kingfisher" } };
    await writeEntries([...entries.filter(({ id }) => id !== "owl" && id !== "king"), king]);
    const page = await open("tab.html");
    await page.evaluate(async () => {
      for (const name of await caches.keys()) await caches.delete(name);
    });
    const found = await titles(page, "blue fish rivers, voles at dusk");
    expect(found.filter((title) => ["Barn owl", "Kingfisher"].includes(title))).toEqual([]);
  });

  test.each([
    ["one who waits for an answer", "owl", "Preparing search, 6 of 6"],
    ["no one who has asked nothing", "", ""],
  ])("how far it is prepared is said to %s", async (_, query, words) => {
    // The file of entries is stored last. Until the test allows it, the search is not ready.
    await context.addInitScript(() => {
      Cache.prototype.put = () => new Promise((stored) => Object.assign(window, { stored }));
    });
    const page = await open("tab.html");
    const typed = Promise.withResolvers<void>();
    await page.route("**/entries.json", (route) => typed.promise.then(() => route.continue()));
    await page.locator("[part=trigger]").click();
    await page.locator("[part=input]").fill(query);
    typed.resolve();
    await page.waitForFunction(() => Reflect.get(window, "stored"));
    await page.evaluate("new Promise((settled) => setTimeout(settled, 300))");
    expect(await page.locator("[part=status]").textContent()).toBe(words);
  });

  test("a missing file is reported to the site's owner with advice", async () => {
    await rm(join(folder, "entries.json"));
    const page = await open("tab.html");
    const told = page.waitForEvent("console", (message) =>
      message.text().includes("Check the address in the attribute `source`"),
    );
    await page.locator("[part=trigger]").click();
    await page.locator("[part=input]").fill("owl");
    expect((await told).text()).not.toContain("Access-Control-Allow-Origin");
    await page.locator("[part=note]").getByText("Please try again in a moment.").waitFor();
  });

  test("a file that was missing is read when the search is tried again", async () => {
    await rm(join(folder, "entries.json"));
    const page = await open("tab.html");
    await page.locator("[part=trigger]").click();
    await page.locator("[part=input]").fill("blue fish rivers");
    await page.locator("[part=note]").getByText("Please try again in a moment.").waitFor();
    await writeEntries(entries);
    await page.keyboard.press("Enter");
    await page.locator("[part=hit]").first().waitFor();
  });
});

describe("one script tag and an edge", () => {
  test("finds on the edge, and loads nothing of the tab's engine", async () => {
    expect((await titles(await open("edge.html"), "blue fish rivers"))[0]).toBe("Kingfisher");
    expect(asked.filter((url) => /worker|source-engine/.test(url))).toEqual([]);
  });

  test("works under a strict content policy with trusted types", async () => {
    expect((await titles(await open("strict.html"), "blue fish rivers"))[0]).toBe("Kingfisher");
  });

  test("an unknown collection is reported with the server's message", async () => {
    const page = await open("edge.html");
    await page.locator("pipit-search").evaluate((element) => element.setAttribute("collection", "nowhere"));
    await page.locator("[part=trigger]").click();
    await page.locator("[part=input]").fill("owl");
    await page.locator("[part=note]").getByText("Search did not work").waitFor();
  });

  test("a changed attribute changes where it searches", async () => {
    const page = await open("edge.html");
    await page.locator("pipit-search").evaluate((element) => element.setAttribute("collection", "nowhere"));
    await page.locator("[part=trigger]").click();
    await page.locator("[part=input]").fill("blue fish rivers");
    await page.locator("[part=note]").getByText("Search did not work").waitFor();
    await page.locator("pipit-search").evaluate((element) => element.setAttribute("collection", "guide"));
    await page.locator("[part=hit]").first().waitFor();
  });

  test("a page that loads the script twice keeps the first definition", async () => {
    const errors: Error[] = [];
    context.on("weberror", (error) => errors.push(error.error()));
    await open("twice.html");
    expect(errors).toEqual([]);
  });
});
