import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { launchChromium } from "../../fixtures/chromium.ts";
import { type PageServer, servePages } from "./page-server.ts";

/** A page with a <pipit-search> over a small field guide, and locators of its parts. */
export interface WidgetPage {
  readonly page: Page;
  readonly trigger: Locator;
  readonly dialog: Locator;
  readonly input: Locator;
  readonly hits: Locator;
  readonly status: Locator;
  readonly note: Locator;
  /** Opens the dialog, types and waits until the hits of the query are shown. */
  search(query: string): Promise<void>;
  /** Title of the active hit, if any. */
  active(): Promise<string | undefined>;
  /** The focused part inside the element, or else the id of the focused element in the page. */
  focused(): Promise<string | null | undefined>;
  press(key: string): Promise<void>;
  /** Runs a script in the page. */
  evaluate<Value>(script: string): Promise<Value>;
  close(): Promise<void>;
}

export interface WidgetPages {
  open(options?: BrowserContextOptions): Promise<WidgetPage>;
}

/** One server and one Chromium for the tests of a file. */
export function useWidgetPages(): WidgetPages {
  let server: PageServer;
  let browser: Browser;
  beforeAll(async () => {
    [server, browser] = await Promise.all([servePages(), launchChromium()]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  return { open: (options) => openWidget(browser, server.url, options) };
}

/** Passes each test of a file its own page, and closes it afterwards. */
export function useWidget(tell: (on: WidgetPage) => void): void {
  const pages = useWidgetPages();
  let on: WidgetPage;
  beforeEach(async () => {
    on = await pages.open();
    tell(on);
  });
  afterEach(() => on.close());
}

async function openWidget(browser: Browser, base: string, options?: BrowserContextOptions): Promise<WidgetPage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.on("pageerror", (error) => console.log(`page: ${error.stack}`));
  await page.goto(`${base}widget/page.html`);
  await page.waitForFunction(() => window.ready);
  const part = (name: string) => page.locator(`#first [part=${name}]`);
  const input = part("input");
  return {
    page,
    trigger: part("trigger"),
    dialog: part("dialog"),
    input,
    hits: part("hit"),
    status: part("status"),
    note: part("note"),
    async search(query) {
      await page.evaluate(() => document.querySelector("pipit-search")?.show());
      // The dialog asks its last question again when it opens; its answer is not the one to wait for.
      await input.fill("");
      const answered = resultsOf(page);
      await input.fill(query);
      await answered;
    },
    async active() {
      const id = await input.getAttribute("aria-activedescendant");
      return id === null ? undefined : ((await page.locator(`#${id} [part=hit-title]`).textContent()) ?? "");
    },
    focused: () =>
      page.evaluate(() => {
        const inside = document.activeElement?.shadowRoot?.activeElement;
        return inside ? inside.getAttribute("part") : document.activeElement?.id;
      }),
    press: (key) => page.keyboard.press(key),
    evaluate: (script) => page.evaluate(script),
    close: () => context.close(),
  };
}

function resultsOf(page: Page): Promise<void> {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        document.addEventListener("pipit-results", () => resolve(), { once: true });
      }),
  );
}
