import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type BuiltApp, serveBuiltApp } from "../fixtures/built-app.ts";
import { browserMissing, launchChromium } from "../fixtures/chromium.ts";

const NIGHT = "hoots at night in the forest";

describe.skipIf(browserMissing)("the address of the app", () => {
  let browser: Browser;
  let app: BuiltApp;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    [browser, app] = await Promise.all([launchChromium(), serveBuiltApp()]);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.stop();
  });
  beforeEach(async () => {
    context = await browser.newContext();
    page = await context.newPage();
    await visit("");
  });
  afterEach(() => context?.close());

  const base = () => `http://127.0.0.1:${app.port}/`;
  const visit = async (query: string, on = page) => {
    await on.goto(`${base()}${query}`);
    await on.waitForSelector("html[data-ready]", { timeout: 30_000 });
  };
  const query = () => decodeURIComponent(new URL(page.url()).search);
  const entries = () => page.evaluate(() => history.length);
  const titles = (on = page) => on.locator("#hits h2").allTextContents();
  const settle = async (words: string, address: string) => {
    await page.fill("#query", words);
    await expect.poll(query).toBe(address);
    await page.waitForSelector("#hits h2");
  };
  const state = async (on = page) => ({
    text: await on.inputValue("#query"),
    scope: await on.locator("#scopes input:checked").getAttribute("value"),
    group: await on.inputValue("#group"),
    size: await on.inputValue("#size"),
  });

  test("has the question and its filters, which a reload and a shared link keep", async () => {
    await settle(NIGHT, "?q=hoots+at+night+in+the+forest");
    await page.selectOption("#group", "Owls");
    await page.selectOption("#size", "25-50");
    expect(query()).toBe("?q=hoots+at+night+in+the+forest&group=Owls&size=25-50");
    const asked = { text: NIGHT, scope: "guide", group: "Owls", size: "25-50" };
    const left = Number(/\((\d+)\)$/.exec((await page.textContent("#size option:checked")) ?? "")?.[1]);
    await expect.poll(async () => (await titles()).length).toBe(left);
    const found = await titles();
    await page.reload();
    await expect.poll(() => titles()).toEqual(found);
    expect(await state()).toEqual(asked);
    const other = await (await browser.newContext()).newPage();
    await visit(new URL(page.url()).search, other);
    await expect.poll(() => titles(other)).toEqual(found);
    expect(await state(other)).toEqual(asked);
    await other.context().close();
  });

  test("has the scope", async () => {
    await page.check("input[value=mine]", { force: true });
    expect(query()).toBe("?in=mine");
    await page.reload();
    expect(await page.isChecked("input[value=mine]")).toBe(true);
  });

  test("is one entry of the history for each question at which a visitor rests, and Back and Forward ask them again", async () => {
    const before = await entries();
    await page.locator("#query").pressSequentially("laughs like a person", { delay: 20 });
    await expect.poll(query).toBe("?q=laughs+like+a+person");
    await settle(NIGHT, "?q=hoots+at+night+in+the+forest");
    expect(await entries()).toBe(before + 2);
    const night = await titles();
    await page.goBack();
    expect(await page.inputValue("#query")).toBe("laughs like a person");
    await expect.poll(async () => (await titles())[0]).toContain("Kookaburra");
    await page.goBack();
    await expect.poll(() => titles()).toEqual([]);
    expect(await page.isVisible("#examples")).toBe(true);
    await page.goForward();
    await page.goForward();
    await expect.poll(() => titles()).toEqual(night);
    expect(await page.title()).toBe(`${NIGHT} · Pipit`);
  });

  test("of a bird opens its page, which Back leaves to the hits and Close too", async () => {
    await settle(NIGHT, "?q=hoots+at+night+in+the+forest");
    const before = await entries();
    const name = await page.locator("#hits h2 a").first().textContent();
    await page.click("#hits h2 a");
    await page.waitForSelector("#reader[open]");
    expect(await page.textContent("#reader-title")).toBe(name);
    expect(query()).toMatch(/^\?q=hoots\+at\+night\+in\+the\+forest&bird=\S+$/);
    await page.goBack();
    await expect.poll(() => page.isVisible("#reader")).toBe(false);
    await page.goForward();
    await page.waitForSelector("#reader[open]");
    await page.reload();
    await page.waitForSelector("#reader[open]");
    expect(await page.textContent("#reader-title")).toBe(name);
    await page.click("#reader-close");
    await expect.poll(query).toBe("?q=hoots+at+night+in+the+forest");
    expect(await page.isVisible("#reader")).toBe(false);
    expect(await entries()).toBe(before + 1);
  });

  test("of a bird leads to birds like it", async () => {
    await visit("?bird=tawny-owl");
    const alike = page.locator("#reader .alike a");
    await expect.poll(() => alike.count(), { timeout: 60_000 }).toBe(5);
    const names = await alike.allTextContents();
    expect(names.filter((name) => /owl/i.test(name)).length).toBeGreaterThan(2);
    await alike.first().click();
    await expect.poll(() => page.textContent("#reader-title")).toBe(names[0]);
    expect(query()).not.toContain("tawny-owl");
    await expect.poll(() => alike.count()).toBe(5);
    expect(await alike.allTextContents()).not.toContain(names[0]);
  });

  test("of a bird that is opened first is left to the app's start", async () => {
    await visit("?bird=tawny-owl");
    await page.waitForSelector("#reader[open]");
    expect(await page.title()).toBe("Tawny Owl Strix aluco · Pipit");
    await page.keyboard.press("Escape");
    await expect.poll(query).toBe("");
    expect(await page.title()).toBe("Pipit: search by meaning");
  });

  test("of a part of an own file opens it at the passage, after a reload and in a new tab too", async () => {
    const stream = "The dipper walks under water and bobs on stones of the stream.\n\n".repeat(250);
    const novel = `${stream}The lighthouse wedding is in May.\n\n${"The swift sleeps on the wing.\n\n".repeat(300)}`;
    await page.check("input[value=mine]", { force: true });
    await page.setInputFiles("#pick-files", { name: "novel.txt", mimeType: "text/plain", buffer: Buffer.from(novel) });
    await page.waitForFunction(() => document.querySelector("#outcome")?.textContent?.includes("searchable"));
    await settle("lighthouse wedding in May", "?q=lighthouse+wedding+in+May&in=mine");
    expect(await page.locator("#hits > li").count()).toBe(1);
    expect(await page.textContent("#hits .others summary")).toMatch(/^\d more parts of this document$/);
    await page.click("#hits h2 a");
    const passage = page.locator("#reader .here");
    await expect.poll(() => passage.textContent()).toContain("lighthouse wedding");
    expect(await passage.evaluate((here) => here.getBoundingClientRect().top > 0)).toBe(true);
    expect(await page.locator("#reader .text").count()).toBeGreaterThan(1);
    await page.reload();
    await expect.poll(() => passage.textContent()).toContain("lighthouse wedding");
    await page.click("#reader-close");
    const [tab] = await Promise.all([
      context.waitForEvent("page"),
      page.locator("#hits h2 a").click({ modifiers: ["Control"] }),
    ]);
    await expect.poll(() => tab.locator("#reader .here").textContent()).toContain("lighthouse wedding");
    expect(await page.isVisible("#reader")).toBe(false);
  });

  test("of a part that the question is not in opens it, before and after the search by meaning is there, with the parts around it", async () => {
    const filler = (words: string) => `${words}\n\n`.repeat(300);
    const text = [
      filler("The mill stands still in winter."),
      "The beaver gnaws timber by the weir.\n\n",
      filler("A lamp burns in the mill all night."),
      filler("The miller counts his sacks."),
    ].join("");
    await page.check("input[value=mine]", { force: true });
    const buffer = Buffer.from(text);
    await page.setInputFiles("#pick-files", [
      { name: "novel.txt", mimeType: "text/plain", buffer },
      { name: '"odd" -name.txt', mimeType: "text/plain", buffer },
    ]);
    await page.waitForFunction(() => document.querySelector("#outcome")?.textContent?.includes("searchable"));
    const sections = () => page.locator("#reader h3").allTextContents();
    const links = () => page.locator("#reader nav a").allTextContents();
    for (const [file, asked] of [
      ["novel.txt", "q=animal+that+eats+wood&"],
      ["novel.txt", "q=%22beaver+gnaws+timber%22&"],
      ["novel.txt", "q=miller+-lamp&"],
      ["novel.txt", ""],
      ['"odd" -name.txt', ""],
    ]) {
      await page.goto(`${base()}?${asked}in=mine&file=${encodeURIComponent(file ?? "")}&part=2`);
      await page.waitForSelector("#reader[open]");
      expect([await sections(), await links()]).toEqual([
        ["Part 1", "Part 2", "Part 3"],
        ["Read further up", "Read further down"],
      ]);
    }
    await visit("?q=animal+that+eats+wood&in=mine");
    await page.waitForSelector("#hits h2");
    await page.locator("#hits h2 a", { hasText: "novel" }).click();
    const passage = page.locator("#reader .here");
    await passage.waitFor();
    const found = await passage.textContent();
    await page.reload();
    await page.waitForSelector("#reader[open]");
    await expect.poll(() => passage.textContent()).toBe(found);
  });

  test("is followed into a new tab by the palette, and opened in this one", async () => {
    await page.waitForFunction(() => document.querySelector("pipit-search") !== null);
    await page.keyboard.press("Control+k");
    await page.keyboard.type("laughs like a person");
    await page.locator("pipit-search [role=option]").first().waitFor();
    const [tab] = await Promise.all([context.waitForEvent("page"), page.keyboard.press("Shift+Enter")]);
    await tab.waitForSelector("#reader[open]");
    expect(await tab.textContent("#reader-title")).toContain("Kookaburra");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#reader[open]");
    expect(await page.textContent("#reader-title")).toContain("Kookaburra");
    await page.keyboard.press("Escape");
    await expect.poll(query).toBe("?q=laughs+like+a+person&in=all");
  });
});

describe.skipIf(browserMissing)("the filters of the guide", () => {
  let browser: Browser;
  let app: BuiltApp;
  beforeAll(async () => {
    [browser, app] = await Promise.all([launchChromium(), serveBuiltApp()]);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.stop();
  });

  test("are offered before anything is asked", async () => {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${app.port}/`);
    await expect.poll(() => page.locator("#group option").count()).toBeGreaterThan(10);
    expect(await page.locator("#size option").nth(1).textContent()).toMatch(/^under 15 cm \(\d+\)$/);
  });

  test("list the birds that they leave where nothing is asked, and nothing without a choice", async () => {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${app.port}/?group=Owls`);
    const names = () => page.locator("#hits h2").allTextContents();
    await expect.poll(async () => (await names()).length).toBe(12);
    const left = Number(/\((\d+)\)$/.exec((await page.textContent("#group option:checked")) ?? "")?.[1]);
    expect(await page.textContent("#search-status")).toBe(`${left} birds.`);
    while (await page.isVisible("#more")) await page.click("#more");
    const owls = await names();
    expect([owls.length, owls.toSorted()]).toEqual([left, owls]);
    await page.click("#hits h2 a");
    await expect.poll(() => page.textContent("#reader-title")).toBe(owls[0]);
    await page.goBack();
    await page.selectOption("#group", "");
    await expect.poll(async () => (await names()).length).toBe(0);
    expect(await page.isVisible("#examples")).toBe(true);
    await page.close();
  });

  test("count the birds that each value leaves, and narrow the search to them", async () => {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${app.port}/?q=bird`);
    // Before that the hits are those with the word.
    await page.waitForSelector("html[data-ready]", { timeout: 30_000 });
    await page.waitForSelector("#hits h2");
    const count = async (facet: string, value: string) =>
      Number(/\((\d+)\)$/.exec((await page.textContent(`#${facet} option[value="${value}"]`)) ?? "")?.[1]);
    const owls = await count("group", "Owls");
    const large = await count("size", "100-");
    await page.selectOption("#group", "Owls");
    expect(await count("group", "Owls")).toBe(owls);
    expect(await count("size", "100-")).toBeLessThan(large);
    const left = await count("size", "25-50");
    await page.selectOption("#size", "25-50");
    const sizes = async () =>
      (await page.locator("#hits .about").allTextContents()).map((about) => Number(/(\d+) cm/.exec(about)?.[1]));
    await expect.poll(async () => (await sizes()).every((size) => size >= 25 && size < 50)).toBe(true);
    while (await page.isVisible("#more")) {
      const before = await page.locator("#hits > li").count();
      await page.click("#more");
      await expect.poll(() => page.locator("#hits > li").count()).toBeGreaterThan(before);
    }
    expect(await page.locator("#hits > li").count()).toBe(left);
  });
});
