import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AppServer, startAppServer } from "../fixtures/app-server.ts";
import { browserMissing, launchChromium } from "../fixtures/chromium.ts";

const BYTES_A_SECOND = 200_000;

describe.skipIf(browserMissing)("a first visit over a slow network", () => {
  let browser: Browser;
  let server: AppServer;
  beforeAll(async () => {
    [browser, server] = await Promise.all([launchChromium(), startAppServer()]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  const slowly = async (page: Page) => {
    const session = await page.context().newCDPSession(page);
    const throughput = { downloadThroughput: BYTES_A_SECOND, uploadThroughput: BYTES_A_SECOND };
    await session.send("Network.enable");
    await session.send("Network.emulateNetworkConditions", { offline: false, latency: 100, ...throughput });
  };

  test("shows the page at once, answers by words before the starter is there, says what it fetches, and then answers by meaning", async () => {
    const page = await browser.newPage();
    await slowly(page);
    const began = Date.now();
    await page.goto(server.url, { waitUntil: "commit" });
    await page.locator("h1").waitFor();
    const shell = Date.now() - began;
    await page.fill("#query", "owl that hoots at night in the forest");
    await page.waitForSelector("#hits h2", { timeout: 20_000 });
    const words = Date.now() - began;
    expect((await page.locator("#hits h2").allTextContents()).join()).toMatch(/owl/i);
    const text = page.locator("#fetching-text");
    await expect
      .poll(() => text.textContent(), { timeout: 20_000 })
      .toMatch(/^Fetching the search, once: .* of 3\.4 MB\.$/);
    const position = () => page.locator("#fetching-bar").evaluate((bar: HTMLProgressElement) => bar.position);
    const before = await position();
    await expect.poll(position, { timeout: 20_000 }).toBeGreaterThan(before);
    await page.locator("#fetching").waitFor({ state: "hidden", timeout: 60_000 });
    await page.fill("#query", "sounds like a bunch of keys");
    await expect.poll(() => page.locator("#hits h2").count(), { timeout: 20_000 }).toBeGreaterThan(0);
    console.log(
      `at 200 kB/s: page after ${shell} ms, hits by words after ${words} ms, by meaning after ${Date.now() - began} ms`,
    );
  });
});
