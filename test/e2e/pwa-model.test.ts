import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AppServer, startAppServer } from "../fixtures/app-server.ts";
import { assetPath } from "../fixtures/assets.ts";
import { browserMissing, launchChromium } from "../fixtures/chromium.ts";

const models = assetPath("models");

describe.skipIf(browserMissing)("the better model", () => {
  let browser: Browser;
  const servers: AppServer[] = [];

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    for (const server of servers) await server.stop();
  });

  const visit = async (from?: string): Promise<Page> => {
    const server = await startAppServer(from);
    servers.push(server);
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.waitForSelector("html[data-ready]");
    return page;
  };

  test("is not offered by a server that has none", async () => {
    const page = await visit();
    await page.waitForFunction(() => document.querySelector("pipit-search") !== null);
    expect(await page.isVisible("#get-model")).toBe(false);
  });

  test.skipIf(!models)("answers as soon as it is proven, and can be stopped while entries are read again", async () => {
    const page = await visit(models);
    await page.waitForSelector("#get-model:visible");
    expect(await page.textContent("#get-model")).toMatch(/^Get the larger model \(2\d(\.\d)? MB\)$/);
    await page.click("#get-model");
    await page.waitForFunction(
      () => /^Answered by MiniLM/.test(document.querySelector("#status-answer")?.textContent ?? ""),
      undefined,
      { timeout: 90_000 },
    );
    expect(await page.textContent("#status-answer")).toMatch(/proven on \w+/);
    await page.click("#stop-model");
    await page.waitForFunction(() => /^Stopped/.test(document.querySelector("#model-text")?.textContent ?? ""));
    await page.fill("#query", "laughs like a person");
    await page.waitForSelector("#hits h2");
    // Only some birds were embedded again, so that others may come first.
    await expect
      .poll(async () => (await page.locator("#hits h2").allTextContents()).join(), { timeout: 10_000 })
      .toContain("Laughing Kookaburra");
  });
});
