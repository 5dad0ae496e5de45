import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { LOCAL_NAME, launchChromium } from "../../fixtures/chromium.ts";
import { type PageOptions, type PageServer, servePages } from "./page-server.ts";

export interface Pages {
  readonly server: PageServer;
  readonly browser: Browser;
  /** A page in a new profile, or another tab of the given one. */
  open(context?: BrowserContext): Promise<Page>;
  /** The same on plain http under a host name, where many platform APIs are missing. */
  openInsecure(context?: BrowserContext): Promise<Page>;
}

/** One server and one Chromium for the tests of a file. Without Chromium the file fails: a skip would hide that nothing was tested. */
export function usePages(options?: PageOptions): Pages {
  let server: PageServer;
  let browser: Browser;
  beforeAll(async () => {
    [server, browser] = await Promise.all([servePages(options), launchChromium()]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  return {
    get server() {
      return server;
    },
    get browser() {
      return browser;
    },
    open: (context) => openAt(server.url, browser, context),
    openInsecure: (context) => openAt(`http://${LOCAL_NAME}:${new URL(server.url).port}/`, browser, context),
  };
}

async function openAt(base: string, browser: Browser, context?: BrowserContext): Promise<Page> {
  const page = await (context ?? (await browser.newContext())).newPage();
  page.on("pageerror", (error) => console.log(`page: ${error.stack}`));
  page.on("console", (message) => message.type() === "error" && console.log(`page: ${message.text()}`));
  await page.goto(`${base}tab.html`);
  await page.waitForFunction(() => window.pipit);
  return page;
}
