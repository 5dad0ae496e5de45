import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type BuiltApp, serveBuiltApp } from "../fixtures/built-app.ts";
import { browserMissing, chromiumOptions, LOCAL_NAME, launchChromium } from "../fixtures/chromium.ts";

const NOTHING_KEPT = "This browser keeps nothing for this site";

describe.skipIf(browserMissing)("wherever the app is served, it answers:", () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let app: BuiltApp;

  const open = async (options?: BrowserContextOptions) => {
    context = await browser.newContext(options);
    page = await context.newPage();
  };
  const visit = async (address: string) => {
    await page.goto(address);
    await page.waitForSelector("html[data-ready]", { timeout: 30_000 });
  };
  const local = (host = "127.0.0.1") => `http://${host}:${app.port}${app.path}`;
  const notices = () => page.locator("#notices li").allTextContents();
  const give = async (text: string) => {
    await page.setInputFiles("#pick-files", { name: "a.txt", mimeType: "text/plain", buffer: Buffer.from(text) });
    await page.waitForFunction(() => document.querySelector("#outcome")?.textContent !== "");
    return page.textContent("#outcome");
  };
  const finds = async (query: string) => {
    await page.fill("#query", "");
    await page.fill("#query", query);
    await page.waitForSelector("#hits h2");
    return (await page.locator("#hits h2").allTextContents()).join();
  };
  /** Deploys while the app is open without a service worker, and ends its worker, whose script is no longer served. */
  const deployAndEndWorker = async () => {
    app = await serveBuiltApp();
    await open({ serviceWorkers: "block" });
    await visit(local());
    await page.waitForFunction(() => document.querySelector("pipit-search") !== null);
    await app.deploy();
    await page.workers()[0]?.evaluate(() => close());
  };
  const reloadOffered = async () => {
    await page.getByRole("button", { name: "Reload" }).waitFor();
    await page.waitForFunction(() => document.querySelector<HTMLElement>("#trouble")?.hidden);
    // Not a navigation: a question that settles is one, too.
    await Promise.all([page.waitForEvent("load"), page.click("#reload")]);
    await page.waitForSelector("html[data-ready]");
  };
  const picture = async (name: string) => {
    const folder = process.env.PIPIT_PICTURES;
    if (folder) await page.screenshot({ path: `${folder}/${name}.png` });
  };

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterEach(async () => {
    await context?.close();
    await app?.stop();
  });
  afterAll(() => browser?.close());

  test("on plain http by a host's name, and says that it needs its server", async () => {
    app = await serveBuiltApp();
    await open();
    await visit(local(LOCAL_NAME));
    expect(await page.evaluate(() => [isSecureContext, "locks" in navigator])).toEqual([false, false]);
    expect(await finds("hoots at night in the forest")).toMatch(/owl/i);
    await expect.poll(notices).toEqual([expect.stringMatching(/^Opened by plain http, Pipit works only while/)]);
    expect(await give("The heron stands still.")).toBe("1 file stored and searchable.");
    await picture("plain-http");
  });

  test("below a path, with a service worker of that path", async () => {
    app = await serveBuiltApp("/pipit/");
    await open();
    await visit(local());
    expect(await finds("hoots at night in the forest")).toMatch(/owl/i);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    expect(await page.evaluate(async () => (await navigator.serviceWorker.ready).scope)).toBe(local());
    expect(await page.isVisible("#new-version")).toBe(false);
    await context.setOffline(true);
    await visit(local());
    expect(await finds("hoots at night in the forest")).toMatch(/owl/i);
  });

  test.each([
    [
      "has no service workers",
      /^This browser does not keep the app here/,
      "Reflect.deleteProperty(Navigator.prototype, 'serviceWorker')",
    ],
    [
      "refuses this one",
      /^This browser did not keep the app/,
      "ServiceWorkerContainer.prototype.register = () => Promise.reject(new Error('no'))",
    ],
  ])("in a browser that %s, and says that it needs its server", async (_, notice, prepared) => {
    app = await serveBuiltApp();
    await open();
    await page.addInitScript(prepared);
    await visit(local());
    expect(await finds("hoots at night in the forest")).toMatch(/owl/i);
    await expect.poll(notices).toEqual([expect.stringMatching(notice)]);
  });

  test("not, where files of the build are missing for good, and says so", async () => {
    app = await serveBuiltApp();
    await open({ serviceWorkers: "block" });
    await page.route(/\/(worker|page-thread)-/, (route) => route.abort());
    const said: string[] = [];
    page.on("console", (line) => void said.push(line.text()));
    await page.goto(local());
    await page.waitForSelector("#trouble:visible");
    expect(await page.textContent("#trouble-text")).toMatch(/^Pipit could not start\. Reload the page\./);
    expect(said.join()).toContain("Serve all files of the build");
    expect(await page.isVisible("#new-version")).toBe(false);
  });

  test("not, where its own script does not come, and says so without it", async () => {
    app = await serveBuiltApp();
    await open({ serviceWorkers: "block" });
    await page.route(/\.js$/, (route) => route.abort());
    await page.goto(local());
    const note = page.locator(".loading");
    expect(await note.isVisible()).toBe(false);
    await note.waitFor({ state: "visible" });
    await picture("no-script");
    expect(await note.textContent()).toContain("reload the page");
  });

  test("under the policy default-src 'self' alone", async () => {
    app = await serveBuiltApp("/", { "Content-Security-Policy": "default-src 'self'" });
    await open();
    await visit(local());
    expect(await finds("hoots at night in the forest")).toMatch(/owl/i);
  });

  test("where site data is blocked, and says that nothing is kept", async () => {
    app = await serveBuiltApp();
    const profile = await profileThatBlocksSiteData();
    context = await chromium.launchPersistentContext(profile, chromiumOptions());
    page = await context.newPage();
    try {
      await visit(local());
      await expect(page.evaluate(() => localStorage.length)).rejects.toThrow("SecurityError");
      expect(await finds("hoots at night in the forest")).toMatch(/owl/i);
      expect((await notices()).join()).toContain(NOTHING_KEPT);
      expect(await give("The heron stands still.")).toBe("1 file stored and searchable.");
      await picture("blocked");
    } finally {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    }
  });

  test("in a sandboxed frame, and says that nothing is kept", async () => {
    // The frame's origin is opaque, so the app's own files are foreign to it.
    app = await serveBuiltApp("/", { "Access-Control-Allow-Origin": "*" });
    await open();
    const body = `<iframe sandbox="allow-scripts" src="${local()}" width="900" height="700"></iframe>`;
    await page.route("**/framing", (route) => route.fulfill({ body, contentType: "text/html" }));
    await page.goto(`${local()}framing`);
    const frame = page.frameLocator("iframe");
    await frame.locator("html[data-ready]").waitFor({ timeout: 30_000 });
    await frame.locator("#query").fill("hoots at night in the forest");
    await expect.poll(() => frame.locator("#hits h2").allTextContents()).toContainEqual(expect.stringMatching(/owl/i));
    await expect
      .poll(() => frame.locator("#notices li").allTextContents())
      .toEqual([expect.stringContaining(NOTHING_KEPT), expect.stringMatching(/^This browser does not keep the app/)]);
  });

  test("under a policy that allows no Trusted Types, and the console says which to allow", async () => {
    const policy = "require-trusted-types-for 'script'; trusted-types 'none'";
    app = await serveBuiltApp("/", { "Content-Security-Policy": policy });
    await open();
    const said: string[] = [];
    page.on("console", (line) => void said.push(line.text()));
    await visit(local());
    expect(await finds("hoots at night in the forest")).toMatch(/owl/i);
    expect(said.join()).toContain("trusted-types default pipit pipit-reading");
  });

  test("with room for 1,000 bytes, and says that nothing is kept", async () => {
    app = await serveBuiltApp();
    await open();
    await limitQuota(page, local(), 1_000);
    await visit(local());
    expect(await finds("hoots at night in the forest")).toMatch(/owl/i);
    expect((await notices()).join()).toContain(NOTHING_KEPT);
    expect(await give("The heron stands still.")).toBe("1 file stored and searchable.");
    await page.check("input[value=mine]", { force: true });
    await page.click("#stored summary");
    await page.click("button[aria-label='Remove a.txt']");
    await page.waitForFunction(() => document.querySelector("#outcome")?.textContent === "1 document removed.");
    await picture("no-room");
  });

  test("with a quota smaller than the guide; a file without room is reported with what is stored, until the report is closed", async () => {
    app = await serveBuiltApp();
    await open();
    await limitQuota(page, local(), 400_000);
    await visit(local());
    expect(await finds("hoots at night in the forest")).toMatch(/owl/i);
    await page.check("input[value=mine]", { force: true });
    const outcome = await give("The heron stands still in the shallow water of the river. ".repeat(40_000));
    await picture("quota");
    expect(outcome).toMatch(/^Nothing was stored\.$|only the beginning is stored/);
    expect(await page.isVisible("#trouble")).toBe(true);
    await page.click("#trouble-close");
    expect(await page.isVisible("#trouble")).toBe(false);
  });

  test("with a quota that own files fill, of which one is removed for good, and room is there for another", async () => {
    app = await serveBuiltApp();
    await open();
    // On plain http only entries take up storage.
    const address = local(LOCAL_NAME);
    await limitQuota(page, address, 12_000_000);
    await visit(address);
    await page.check("input[value=mine]", { force: true });
    const files = Array.from({ length: 120 }, (_, at) => noteOf(at));
    await page.setInputFiles("#pick-files", files);
    await page.waitForSelector("#trouble:visible", { timeout: 60_000 });
    expect(await page.textContent("#outcome")).toMatch(/^\d+ files stored and searchable\. The others were not stored/);
    const listed = () =>
      page.locator("#documents [data-path]").evaluateAll((rows) => rows.map((row) => row.dataset.path));
    const before = await listed();
    await page.click("#stored summary");
    for (const path of ["0.txt", "1.txt", "2.txt"]) {
      await page.click(`button[aria-label='Remove ${path}']`);
      await page.waitForFunction(() => document.querySelector("#outcome")?.textContent === "1 document removed.");
      await expect.poll(listed).not.toContain(path);
    }
    expect(await give("The heron stands still.")).toMatch(/^1 file stored and searchable\./);
    await visit(address);
    expect((await listed()).sort()).toEqual(
      [...before.filter((path) => !/^[012]\.txt$/.test(path ?? "")), "a.txt"].sort(),
    );
    await page.check("input[value=mine]", { force: true });
    expect(await finds("word0x0 word0x1 word0x2")).not.toMatch(/^0\.txt/);
    expect(await finds("The heron stands still")).toContain("a.txt");
  });

  test("after a deploy, with a service worker: the page goes on, offers the new version, and is it after the reload", async () => {
    app = await serveBuiltApp();
    await open();
    await visit(local());
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    const before = await page.getAttribute("script[type=module]", "src");
    await app.deploy();
    await page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
    await page.getByRole("button", { name: "Reload" }).waitFor();
    await picture("deploy");
    const old = await page.evaluate(async (src) => (await fetch(src!)).status, before);
    expect(old).toBe(200);
    const later = await context.newPage();
    await later.goto(local());
    await later.getByRole("button", { name: "Reload" }).waitFor();
    await later.close();
    expect(await finds("hoots at night in the forest")).toMatch(/owl/i);
    // Not a navigation: a question that settles is one, too.
    await Promise.all([page.waitForEvent("load"), page.click("#reload")]);
    await page.waitForSelector("html[data-ready]");
    expect(await page.getAttribute("script[type=module]", "src")).not.toBe(before);
    expect(await finds("hoots at night in the forest")).toMatch(/owl/i);
  });

  test("after a deploy, without a service worker: what fails offers the reload, which mends it", async () => {
    app = await serveBuiltApp();
    await open();
    // The palette is loaded last: its file is no longer served by then.
    app.deployAt(/\/palette-/);
    await page.goto(local(LOCAL_NAME));
    await page.getByRole("button", { name: "Reload" }).waitFor();
    await page.waitForFunction(() => document.querySelector<HTMLElement>("#trouble")?.hidden);
    await picture("deploy-plain");
    // Not a navigation: a question that settles is one, too.
    await Promise.all([page.waitForEvent("load"), page.click("#reload")]);
    await page.waitForSelector("html[data-ready]");
    await page.waitForFunction(() => document.querySelector("pipit-search") !== null);
    expect(await page.isVisible("#new-version")).toBe(false);
  });

  test("after a deploy that takes the worker's script away while the page loads: it offers the reload, which mends it", async () => {
    app = await serveBuiltApp();
    await open({ serviceWorkers: "block" });
    app.deployAt(/\/worker-/);
    await page.goto(local());
    await reloadOffered();
    expect(await finds("hoots at night in the forest")).toMatch(/owl/i);
  });

  test("after a deploy, when a search over everything fails: it offers the reload", async () => {
    await deployAndEndWorker();
    await page.keyboard.press("Control+k");
    await page.keyboard.type("owl");
    await page.waitForFunction(() => document.querySelector<HTMLElement>("#new-version")?.hidden === false);
  });

  test("after a deploy, when the better model cannot be loaded any more: it offers the reload", async () => {
    app = await serveBuiltApp();
    await open({ serviceWorkers: "block" });
    const files = { "all-MiniLM-L6-v2/tokenizer.json": 9, "all-MiniLM-L6-v2/onnx/model.onnx": 9 };
    const body = JSON.stringify({ format: "pipit-model-files", version: 1, files });
    await page.route("**/models/files.json", (route) => route.fulfill({ body, contentType: "application/json" }));
    await visit(local());
    await page.waitForSelector("#get-model:visible");
    await app.deploy();
    await page.click("#get-model");
    await page.getByRole("button", { name: "Reload" }).waitFor();
    expect(await page.textContent("#model-text")).toMatch(/^The larger model does not work here/);
  });

  test("after a deploy, when the worker dies and its script is gone: it offers the reload, which mends it", async () => {
    await deployAndEndWorker();
    await page.fill("#query", "hoots at night in the forest");
    await reloadOffered();
    expect(await finds("hoots at night in the forest")).toMatch(/owl/i);
  });
});

/** Sixty kilobytes of text that compresses badly. */
function noteOf(at: number) {
  const words = Array.from({ length: 30 }, (_, word) => `word${at}x${word}`).join(" ");
  const noise = Array.from({ length: 45 }, () => randomBytes(500).toString("base64")).join(". ");
  return { name: `${at}.txt`, mimeType: "text/plain", buffer: Buffer.from(`${words}\n\n${noise}`) };
}

async function limitQuota(page: Page, address: string, quotaSize: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Storage.overrideQuotaForOrigin", { origin: new URL(address).origin, quotaSize });
}

/** A profile that blocks site data. */
async function profileThatBlocksSiteData(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "pipit-blocked-"));
  await mkdir(join(folder, "Default"));
  const preferences = { profile: { default_content_setting_values: { cookies: 2 } } };
  await writeFile(join(folder, "Default", "Preferences"), JSON.stringify(preferences));
  return folder;
}
