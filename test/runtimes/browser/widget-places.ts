import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext, Frame, Page } from "playwright-core";
import { build } from "vite";
import { afterAll, afterEach, beforeAll } from "vitest";
import { launchChromium } from "../../fixtures/chromium.ts";
import { type Site, type SiteOptions, serveSite } from "./site.ts";

const config = fileURLToPath(new URL("../../../packages/widget/vite.config.ts", import.meta.url));

export const ENTRIES = JSON.stringify([
  { id: "lark", text: "The skylark sings while flying over fields." },
  { id: "owl", text: "The barn owl hunts voles at dusk." },
]);

export function pageWith(script: string, source = "entries.json"): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>A site</title>
    <main><h1>A site</h1><pipit-search source="${source}"></pipit-search></main>
    <script type="module" src="${script}"></script></html>`;
}

/** A page of some site with the built widget, and its console messages. */
export interface PlacedPage {
  readonly page: Page;
  readonly frame: Frame;
  readonly said: readonly string[];
  /** Opens the search and types. Returns the hits' titles, or the sentence shown in place of hits. */
  ask(query: string): Promise<string[] | string>;
}

export interface Places {
  /** The folder that a site serves: script, chunks, workers and the starter. */
  readonly built: string;
  readonly browser: Browser;
  site(options: SiteOptions): Promise<Site>;
  /** Opens a page in a new or given profile. `prepare` runs before the page's own scripts. */
  visit(url: string, options?: VisitOptions): Promise<PlacedPage>;
}

export interface VisitOptions {
  readonly context?: BrowserContext;
  /** End of the URL of the frame with the widget. */
  readonly frame?: string;
  readonly prepare?: (page: Page) => Promise<unknown>;
}

/** One build and one Chromium for the tests of a file; sites and profiles end with each test. */
export function usePlaces(): Places {
  let built: string;
  let browser: Browser;
  const sites: Site[] = [];
  const contexts: BrowserContext[] = [];
  beforeAll(async () => {
    built = await mkdtemp(join(tmpdir(), "pipit-places-"));
    [browser] = await Promise.all([launchChromium(), build({ configFile: config, build: { outDir: built } })]);
  });
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
    for (const site of sites.splice(0)) await site.close();
  });
  afterAll(async () => {
    await browser?.close();
    if (built) await rm(built, { recursive: true });
  });
  return {
    get built() {
      return built;
    },
    get browser() {
      return browser;
    },
    async site(options) {
      const site = await serveSite(options);
      sites.push(site);
      return site;
    },
    async visit(url, { context, frame, prepare } = {}) {
      const profile = context ?? (await browser.newContext());
      if (!contexts.includes(profile)) contexts.push(profile);
      const page = await profile.newPage();
      const said: string[] = [];
      page.on("console", (message) => void said.push(message.text()));
      await prepare?.(page);
      await page.goto(url);
      return placed(page, frame, said);
    },
  };
}

async function placed(page: Page, frameUrl: string | undefined, said: string[]): Promise<PlacedPage> {
  const frame = frameUrl ? page.frames().find((candidate) => candidate.url().endsWith(frameUrl)) : page.mainFrame();
  if (!frame) throw new Error(`no frame ${frameUrl}`);
  await frame.waitForFunction(() => customElements.get("pipit-search"));
  const part = (name: string) => frame.locator(`[part=${name}]`);
  return {
    page,
    frame,
    said,
    async ask(query) {
      await frame.evaluate(() => document.querySelector("pipit-search")?.show());
      await part("input").fill(query);
      await part("hit").or(frame.locator(".note-advice")).first().waitFor({ timeout: 60_000 });
      if ((await part("hit").count()) === 0) return (await part("note").textContent()) ?? "";
      return part("hit-title").allTextContents();
    },
  };
}
