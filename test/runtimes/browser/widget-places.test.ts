import type { Page, Route } from "playwright-core";
import { describe, expect, test } from "vitest";
import { LOCAL_NAME } from "../../fixtures/chromium.ts";
import { ENTRIES, type PlacedPage, pageWith, usePlaces } from "./widget-places.ts";

const places = usePlaces();
const LARK = "The skylark sings while flying over fields.";

/** A site with the widget below /p/, its entries, and the given headers on all its answers. */
function siteWith(policy?: string, page = pageWith("/p/pipit-search.js")) {
  const headers = policy ? { "content-security-policy": policy } : {};
  return places.site({
    folders: { "/p/": places.built },
    texts: { "/a.html": page, "/entries.json": ENTRIES },
    headers,
  });
}

const advice = ({ said }: PlacedPage) => said.filter((line) => line.startsWith("Pipit: "));
const workers = ({ page }: PlacedPage) => page.workers().length;

async function visitUnder(policy: string, page?: string): Promise<PlacedPage> {
  return places.visit(`${(await siteWith(policy, page)).url}/a.html`);
}

describe("the widget finds, with nothing to say", () => {
  test("on plain http under a name of the local network, and again at a later visit", async () => {
    const { port } = await siteWith();
    const context = await places.browser.newContext();
    for (let visit = 0; visit < 2; visit++) {
      const on = await places.visit(`http://${LOCAL_NAME}:${port}/a.html`, { context });
      expect(await on.page.evaluate(() => isSecureContext)).toBe(false);
      expect((await on.ask("singing bird"))[0]).toBe(LARK);
      expect(advice(on)).toEqual([]);
      expect(workers(on)).toBe(1);
      await on.page.close();
    }
  });

  test("with its script on another origin", async () => {
    const cdn = await places.site({ folders: { "/": places.built } });
    const site = await siteWith(undefined, pageWith(`${cdn.url}/pipit-search.js`));
    const on = await places.visit(`${site.url}/a.html`);
    expect((await on.ask("singing bird"))[0]).toBe(LARK);
    expect(advice(on)).toEqual([]);
    expect(workers(on)).toBe(1);
  });

  test("below a folder", async () => {
    const texts = { "/deep/er/a.html": pageWith("lib/pipit-search.js"), "/deep/er/entries.json": ENTRIES };
    const site = await places.site({ folders: { "/deep/er/lib/": places.built }, texts });
    const on = await places.visit(`${site.url}/deep/er/a.html`);
    expect((await on.ask("singing bird"))[0]).toBe(LARK);
    expect(advice(on)).toEqual([]);
  });

  test("where Trusted Types are required, in a worker", async () => {
    const on = await visitUnder("require-trusted-types-for 'script'; trusted-types pipit");
    expect((await on.ask("singing bird"))[0]).toBe(LARK);
    expect(advice(on)).toEqual([]);
    expect(workers(on)).toBe(1);
  });

  test("where only style sheets of the page's own origin are allowed, and looks as it should", async () => {
    const on = await visitUnder("style-src 'self'");
    expect((await on.ask("singing bird"))[0]).toBe(LARK);
    const padding = await on.page.locator("[part=trigger]").evaluate((trigger) => getComputedStyle(trigger).display);
    expect(padding).toBe("inline-flex");
    expect(advice(on)).toEqual([]);
  });
});

describe("the widget finds, and tells the site's owner what to allow", () => {
  test("under default-src 'self': WebAssembly", async () => {
    const on = await visitUnder("default-src 'self'");
    expect((await on.ask("singing bird"))[0]).toBe(LARK);
    expect(advice(on).join()).toContain("script-src must allow 'wasm-unsafe-eval'");
    expect(workers(on)).toBe(1);
  });

  test("without workers: worker-src", async () => {
    const on = await visitUnder("script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'");
    expect((await on.ask("singing bird"))[0]).toBe(LARK);
    expect(advice(on).join()).toContain("worker-src must allow 'self'");
    expect(workers(on)).toBe(0);
  });

  test("with its script on another origin and no blobs: blob:", async () => {
    const cdn = await places.site({ folders: { "/": places.built } });
    const on = await visitUnder(`script-src ${cdn.url} 'wasm-unsafe-eval'`, pageWith(`${cdn.url}/pipit-search.js`));
    expect((await on.ask("singing bird"))[0]).toBe(LARK);
    expect(advice(on).join()).toContain("worker-src must allow blob:");
    expect(workers(on)).toBe(0);
  });

  test("where Trusted Types allow other policies alone: the policy's name", async () => {
    const on = await visitUnder("require-trusted-types-for 'script'; trusted-types another");
    expect((await on.ask("singing bird"))[0]).toBe(LARK);
    expect(advice(on).join()).toContain("trusted-types must allow pipit");
    expect(workers(on)).toBe(0);
  });

  test("in a sandboxed frame: its own origin", async () => {
    const site = await siteWith();
    site.texts["/outer.html"] = '<!doctype html><iframe sandbox="allow-scripts" src="/a.html"></iframe>';
    const on = await places.visit(`${site.url}/outer.html`, { frame: "/a.html" });
    expect((await on.ask("singing bird"))[0]).toBe(LARK);
    expect(advice(on).join()).toContain("allow-same-origin");
  });

  test("once, however often it is asked", async () => {
    const on = await visitUnder("default-src 'self'");
    for (const query of ["singing bird", "night hunter", "fields"]) await on.ask(query);
    expect(advice(on)).toHaveLength(1);
  });
});

describe("without a network at a later visit, the widget finds", () => {
  async function visitedAgain(before: (page: Page) => Promise<unknown>) {
    const site = await siteWith();
    const context = await places.browser.newContext();
    const first = await places.visit(`${site.url}/a.html`, { context });
    expect((await first.ask("singing bird"))[0]).toBe(LARK);
    await expect.poll(() => first.page.evaluate("caches.match('/p/starter.pipit').then(Boolean)")).toBe(true);
    await before(first.page);
    await first.page.close();
    await context.route(/starter\.pipit|entries\.json/, (route) => route.abort());
    return places.visit(`${site.url}/a.html`, { context });
  }

  test("by meaning, with the starter of the first visit", async () => {
    const on = await visitedAgain(async () => undefined);
    expect((await on.ask("singing bird"))[0]).toBe(LARK);
    expect(advice(on).join()).not.toContain("words alone");
  });

  test("the words of what is stored where that was not kept, and tells why", async () => {
    const on = await visitedAgain((page) => page.evaluate("caches.delete('pipit-starter-1')"));
    expect(await on.ask("skylark fields")).toEqual([LARK]);
    expect(advice(on).join()).toContain("found by their words alone");
    await on.page.locator("[part=input]").fill("owl voles");
    await on.page.locator("[part=hit]").getByText("The barn owl hunts").first().waitFor();
  });
});

describe("at a first visit the widget finds words", () => {
  const visit = (answer: (route: Route) => unknown) => async () => {
    const site = await siteWith();
    const prepare = (page: Page) => page.route(/starter\.pipit/, answer);
    const on = await places.visit(`${site.url}/a.html`, { prepare });
    expect(await on.ask("skylark fields")).toEqual([LARK]);
    return on;
  };

  test(
    "while the starter is on its way",
    visit(() => undefined),
  );

  test("where the starter is not served, and tells why", async () => {
    const on = await visit((route) => route.fulfill({ status: 404 }))();
    await expect.poll(() => advice(on).join()).toContain("found by their words alone");
  });
});

describe("where nothing can be stored, the widget finds from memory", () => {
  const blocked = (page: Page) =>
    page.addInitScript(() => {
      const refuse = () => {
        throw new DOMException("The operation is insecure.", "SecurityError");
      };
      Object.defineProperty(globalThis, "localStorage", { get: refuse });
      Object.defineProperty(globalThis, "caches", { get: refuse });
      IDBFactory.prototype.open = refuse;
    });

  test("when site data is blocked", async () => {
    // Init scripts do not reach workers, so this page may not start a worker.
    const site = await siteWith("worker-src 'none'");
    const on = await places.visit(`${site.url}/a.html`, { prepare: blocked });
    expect((await on.ask("singing bird"))[0]).toBe(LARK);
    expect(advice(on).join()).toContain("Allow site data");
  });

  async function visitWithoutRoom(): Promise<PlacedPage> {
    const site = await siteWith();
    return places.visit(`${site.url}/a.html`, {
      async prepare(page) {
        const session = await page.context().newCDPSession(page);
        await session.send("Storage.overrideQuotaForOrigin", { origin: site.url, quotaSize: 1000 });
      },
    });
  }

  test("when the device has room for 1,000 bytes", async () => {
    const on = await visitWithoutRoom();
    expect((await on.ask("singing bird"))[0]).toBe(LARK);
    expect(advice(on).join()).toContain("memory");
  });

  test("again, after the worker that held the entries ended: the next try opens another", async () => {
    const on = await visitWithoutRoom();
    await on.ask("singing bird");
    await on.page.workers()[0]!.evaluate(() => close());
    await on.page.locator("[part=input]").fill("voles at dusk");
    await on.page.locator("[part=note]").getByText("Search did not work").waitFor();
    await on.page.keyboard.press("Enter");
    await on.page.locator("[part=hit]").getByText("The barn owl hunts").first().waitFor();
    expect(workers(on)).toBe(1);
  });
});

const PLAIN = /^Search did not work(Please try again in a moment\.|This search is not available at the moment\.)$/;

describe("where it cannot work, a visitor reads a plain sentence and the site's owner the reason", () => {
  test("when connect-src forbids where the entries lie", async () => {
    const elsewhere = await places.site({ texts: { "/entries.json": ENTRIES } });
    const page = pageWith("/p/pipit-search.js", `${elsewhere.url}/entries.json`);
    const on = await visitUnder("connect-src 'self'", page);
    expect(await on.ask("singing bird")).toMatch(PLAIN);
    expect(on.said.join("\n")).toContain(`connect-src must allow ${elsewhere.url}`);
  });

  test("when connect-src forbids where the edge listens", async () => {
    const page = pageWith("/p/pipit-search.js").replace('source="entries.json"', 'edge="http://127.0.0.1:1"');
    const on = await visitUnder("connect-src 'self'", page);
    expect(await on.ask("singing bird")).toMatch(PLAIN);
    expect(on.said.join("\n")).toContain("connect-src must allow http://127.0.0.1:1");
  });

  test("when another origin does not share its entries", async () => {
    const source = "http://127.0.0.1:1/entries.json";
    const site = await siteWith(undefined, pageWith("/p/pipit-search.js", source));
    const on = await places.visit(`${site.url}/a.html`);
    expect(await on.ask("singing bird")).toMatch(PLAIN);
    expect(on.said.join("\n")).toContain("served with the header `Access-Control-Allow-Origin`");
  });

  test("when connect-src forbids everything, the encoder's file too", async () => {
    const on = await visitUnder("connect-src 'none'");
    expect(await on.ask("singing bird")).toMatch(PLAIN);
    expect(on.said.join("\n")).toContain("connect-src must allow 'self'");
  });
});

describe("a deploy while the page is open", () => {
  async function afterLosing(...gone: readonly string[]) {
    const site = await siteWith();
    const on = await places.visit(`${site.url}/a.html`);
    for (const start of gone) site.missing.add(start);
    return { site, on, answer: await on.ask("singing bird") };
  }

  test.each([[["/p/chunks/"]], [["/p/chunks/", "/p/assets/"]]])(
    "that takes %j away: asks to reload the page, and works again when they are back",
    async (gone) => {
      const { site, on, answer } = await afterLosing(...gone);
      expect(answer).toBe("Search did not workPlease reload the page.");
      expect(on.said.join("\n")).toContain("keep those of the former build");
      site.missing.clear();
      await on.page.keyboard.press("Enter");
      await on.page.locator("[part=hit]").first().waitFor();
    },
  );

  test("that takes the worker away alone: the page's own thread answers", async () => {
    const { on, answer } = await afterLosing("/p/assets/");
    expect(answer[0]).toBe(LARK);
    expect(workers(on)).toBe(0);
  });
});
