import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AppServer, startAppServer } from "../fixtures/app-server.ts";
import { browserMissing, chromiumOptions } from "../fixtures/chromium.ts";

const QUERY = "small brown bird that sings while flying";
/** For effects that depend on another tab. */
const SLOW = { timeout: 10_000 };
const OWN_QUERY = "how to keep bread dough alive";
const NOTES: Readonly<Record<string, string>> = {
  "baking/sourdough.md": "Feed the sourdough starter with flour and water every day, or the yeast in it will starve.",
  "baking/oven.txt": "The oven runs hot: bake loaves ten degrees below what the recipe says.",
  "travel/train.html": "<html><body><h1>Night train</h1><p>The sleeper to Vienna leaves at nine.</p></body></html>",
  "money/rent.csv": "month,amount\nMarch,900\nApril,900",
  "photos/cat.jpg": "not a picture",
};

describe.skipIf(browserMissing)("the app", () => {
  let folder: string;
  let server: AppServer | undefined;
  let context: BrowserContext;
  let page: Page;

  const refusals: string[] = [];
  const open = async () => {
    context = await chromium.launchPersistentContext(join(folder, "profile"), chromiumOptions());
    page = await context.newPage();
    page.on("console", (message) => {
      if (/Content Security Policy|Trusted|Permissions policy/i.test(message.text())) refusals.push(message.text());
    });
  };
  const visit = async () => {
    await page.goto(address);
    await page.waitForSelector("html[data-ready]", { timeout: 30_000 });
  };
  let address: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "pipit-e2e-"));
    await writeNotes(join(folder, "notes"));
    server = await startAppServer();
    address = server.url;
    await open();
  });

  afterAll(async () => {
    await context?.close();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test("answers the first question of a first visit with larks and pipits", async () => {
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    const began = Date.now();
    await page.goto(address);
    const loaded = Date.now() - began;
    await page.fill("#query", QUERY);
    await page.waitForSelector("#hits h2");
    const took = Date.now() - began;
    const names = await titles(page);
    console.log(`first visit: page after ${loaded} ms, hits after ${took} ms; ${names.slice(0, 5).join(", ")}`);
    expect(names.slice(0, 5).join()).toMatch(/lark|pipit/i);
    expect(asked.filter((url) => !url.startsWith(address) && /^(http|ws)/.test(url))).toEqual([]);
  });

  test("narrows the guide to a group of birds", async () => {
    await page.selectOption("#group", "Owls");
    await page.waitForFunction(() => document.querySelector(".about")?.textContent?.includes("wls"));
    expect((await titles(page)).every((name) => /owl/i.test(name))).toBe(true);
    await page.selectOption("#group", "");
  });

  test("says in a line what it searches, and behind Details who answers and what is stored", async () => {
    await page.waitForSelector("html[data-ready]");
    expect(await page.textContent("#status")).toBe("363 birds, searched on this device.");
    expect(await page.isVisible("#status-answer")).toBe(false);
    const answer = await page.textContent("#status-answer");
    const figures = await page.textContent("#status-figures");
    expect(answer).toMatch(/^Answered by the starter encoder on \S+/);
    expect(figures).toMatch(/\d+ entries in the collections.*stored on this device/);
  });

  test("has no accessibility violations, in light and in dark", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await violations(page)).toEqual([]);
    }
    await page.emulateMedia({ colorScheme: "light" });
  });

  test("takes a folder of own files, shows what it left out, and finds the rest", async () => {
    await page.check("input[value=mine]", { force: true });
    await page.setInputFiles("#pick-folder", join(folder, "notes"));
    await page.waitForFunction(() => document.querySelector("#outcome")?.textContent?.includes("searchable"));
    expect(await page.textContent("#outcome")).toBe("4 files stored and searchable.");
    expect(await page.textContent("#skipped-list")).toContain("photos/cat.jpg .jpg is no kind of text");
    await page.fill("#query", OWN_QUERY);
    await expect.poll(async () => (await titles(page))[0]).toContain("baking/sourdough.md");
    expect(await violations(page)).toEqual([]);
  });

  test("takes a dropped file, and switches to own files for it", async () => {
    await page.check("input[value=guide]", { force: true });
    await dropCamping(page);
    await page.waitForFunction(() => document.querySelector("#mine-count")?.textContent === "5");
    expect(await page.isChecked("input[value=mine]")).toBe(true);
  });

  test("removes a document from list and search", async () => {
    await page.click("#stored summary");
    await page.click("button[aria-label='Remove camping.txt']");
    await page.waitForFunction(() => document.querySelector("#mine-count")?.textContent === "4");
    await page.fill("#query", "tent peg bent in the gale");
    // Until this question is answered, the hits of the previous one are shown.
    await expect.poll(async () => (await titles(page)).join()).not.toContain("camping.txt");
  });

  test("shows what another tab takes in, and no more what it removes, without another question", async () => {
    const other = await context.newPage();
    await other.goto(address);
    await other.waitForSelector("html[data-ready]");
    await dropCamping(other);
    await expect.poll(async () => (await titles(page)).join(), SLOW).toContain("camping.txt");
    await expect.poll(() => page.textContent("#mine-count"), SLOW).toBe("5");
    await other.click("#stored summary");
    await other.click("button[aria-label='Remove camping.txt']");
    await expect.poll(async () => (await titles(page)).join(), SLOW).not.toContain("camping.txt");
    await expect.poll(() => page.textContent("#mine-count"), SLOW).toBe("4");
    await other.close();
  });

  test("keeps stored entries when an intake is cancelled in the middle, and says so", async () => {
    await page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      for (let at = 0; at < 3_000; at++) {
        const words = `Diary of day ${at}. `.repeat(60);
        dataTransfer.items.add(new File([words], `diary-${at}.txt`, { type: "text/plain" }));
      }
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    });
    await page.waitForFunction(() => /^[1-9]\d* of/.test(document.querySelector("#progress-text")?.textContent ?? ""));
    await page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(["One more."], "more.txt", { type: "text/plain" }));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    });
    await page.waitForFunction(() =>
      document.querySelector("#outcome")?.textContent?.startsWith("Files are being read"),
    );
    await page.click("#cancel");
    await page.waitForFunction(() => document.querySelector("#outcome")?.textContent?.startsWith("Stopped."));
    const stored = Number((await page.textContent("#outcome"))?.replaceAll(",", "").match(/(\d+) files? stored/)?.[1]);
    expect(stored).toBeGreaterThan(0);
    expect(stored).toBeLessThan(3_000);
    // The list is read again after the outcome is shown.
    const listed = async () => Number((await page.textContent("#mine-count"))?.replaceAll(",", ""));
    await expect.poll(listed).toBe(stored + 4);
  });

  test("finds nothing of a file's former version after a tab was closed while it read the new one", async () => {
    const other = await context.newPage();
    await other.goto(address);
    await other.waitForSelector("html[data-ready]");
    const old = `${"The dipper walks under water.\n".repeat(20_000)}The lighthouse wedding is in May.`;
    await pick(other, "novel.txt", old);
    await other.waitForFunction(() => document.querySelector("#outcome")?.textContent?.includes("1 file stored"));
    await pick(other, "novel.txt", "The swift sleeps on the wing.\n".repeat(60_000));
    await other.waitForFunction(() =>
      /[1-9]\d* entr/.test(document.querySelector("#progress-text")?.textContent ?? ""),
    );
    await other.close();
    await visit();
    await page.check("input[value=mine]", { force: true });
    await page.fill("#query", "lighthouse wedding in May");
    await page.waitForSelector("#hits h2");
    const texts = await page.$$eval("#hits .passage", (passages) => passages.map(({ textContent }) => textContent));
    expect(texts.join()).not.toContain("wedding");
    expect(await page.textContent("#documents")).toMatch(/novel\.txt[\d.]+ MB, only its beginning/);
  });

  test("opens the palette over both collections with Ctrl+K, and there a file at what was found in it", async () => {
    await page.waitForFunction(() => document.querySelector("pipit-search") !== null);
    await page.keyboard.press("Control+k");
    await page.keyboard.type("feeding the sourdough starter with flour");
    await page.waitForFunction(() => {
      const [first] = document.querySelector("pipit-search")?.shadowRoot?.querySelectorAll("[role=option]") ?? [];
      return first?.textContent?.includes("baking/sourdough.md");
    });
    await page.keyboard.press("Enter");
    await page.waitForSelector("#reader[open]");
    expect(await page.textContent("#reader-title")).toBe("notes/baking/sourdough.md");
    expect(await page.textContent("#reader-body .here")).toMatch(/^Feed the sourdough starter/);
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await expect.poll(() => page.inputValue("#query")).toBe("feeding the sourdough starter with flour");
  });

  test("still searches both collections after the browser closed and the server stopped", async () => {
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await context.close();
    await server?.stop();
    server = undefined;
    await expect(fetch(address)).rejects.toThrow();

    await open();
    await visit();
    await page.fill("#query", QUERY);
    await page.waitForSelector("#hits h2");
    expect((await titles(page)).slice(0, 5).join()).toMatch(/lark|pipit/i);
    await page.check("input[value=mine]", { force: true });
    await page.fill("#query", OWN_QUERY);
    await expect.poll(async () => (await titles(page))[0]).toContain("baking/sourdough.md");
  });

  test("did nothing in all of this that its own policy refuses", async () => {
    expect(refusals).toEqual([]);
    const inline = page.evaluate(() => {
      document.body.innerHTML = "<p>plain text</p>";
    });
    await expect(inline).rejects.toThrow(/TrustedHTML/);
  });
});

function titles(page: Page): Promise<string[]> {
  return page.$$eval("#hits h2", (heads) => heads.map((head) => head.textContent ?? ""));
}

async function violations(page: Page): Promise<string[]> {
  const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof import("axe-core") }).axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  });
}

function pick(page: Page, name: string, words: string): Promise<void> {
  return page.setInputFiles("#pick-files", { name, mimeType: "text/plain", buffer: Buffer.from(words) });
}

async function dropCamping(page: Page): Promise<void> {
  await page.evaluate(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(["The tent peg bent in the gale."], "camping.txt", { type: "text/plain" }));
    document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
  });
}

async function writeNotes(folder: string): Promise<void> {
  for (const [path, text] of Object.entries(NOTES)) {
    const file = join(folder, path);
    if (!existsSync(dirname(file))) await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
