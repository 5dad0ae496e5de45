import type { Page } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";
import { type AppPage, SCRIPT, useAppPages } from "./open-app-page.ts";

const SAME = `<div id="new-version"></div><script src="${SCRIPT}">`;
const ANOTHER = '<div id="new-version"></div><script src="other.js">';

/** A registration of a service worker whose states the test sets; `asked` records the app's calls. */
const REGISTRATION = `
  const worker = (state) => Object.assign(new EventTarget(), { state, postMessage: ({ type }) => asked.push(type) });
  globalThis.asked = [];
  globalThis.worker = worker;
  globalThis.registration = Object.assign(new EventTarget(), {
    waiting: null, installing: null, active: worker("activated"),
    update: async () => { asked.push("update"); throw new TypeError("no network"); },
  });`;

const pages = useAppPages();
let app: AppPage;
let page: Page;
let requests: number;

beforeEach(async () => {
  app = await pages.open();
  page = app.page;
  requests = 0;
  await page.evaluate(`{
    globalThis.fetches = 0;
    const { fetch } = globalThis;
    globalThis.fetch = (...asked) => (fetches++, fetch(...asked));
  }`);
});

/** Sets the server's answer to a new request of the page. */
async function serve(body: string | undefined, status = 200): Promise<void> {
  await page.route(/\?version=/, (route) => {
    requests++;
    return body === undefined ? route.abort() : route.fulfill({ body, status, contentType: "text/html" });
  });
}
const offer = (work = "() => undefined") =>
  app.run(
    "view/version-offer.ts",
    `async ({ VersionOffer }) => { globalThis.offer = new VersionOffer(); await (${work})(offer); }`,
  );
const check = () => page.evaluate("offer.check()");
/** The number of requests that the page has begun. */
const fetches = () => page.evaluate<number>("fetches");
/** Resolves after all immediate tasks of the page, the report of an unhandled rejection included. */
const tasksDone = () =>
  page.evaluate("new Promise((next) => setTimeout(next)).then(() => new Promise((next) => setTimeout(next)))");
const show = () => app.run("view/trouble.ts", "({ showTrouble }) => showTrouble('It failed.', new Error('gone'))");
const isOffered = () => page.isVisible("#new-version");
const offered = () => page.waitForSelector("#new-version:visible", { timeout: 5_000 });
/** Sets the service worker that controls the page, or none. */
const control = (controller: string) =>
  page.evaluate(`Object.defineProperty(navigator, "serviceWorker", {
    value: Object.assign(new EventTarget(), { controller: ${controller} }) })`);
const changeController = () => page.evaluate("navigator.serviceWorker.dispatchEvent(new Event('controllerchange'))");

describe("where the server has another version, the reload is offered", () => {
  beforeEach(() => serve(ANOTHER));

  test("in place of a failure that is shown", async () => {
    await offer();
    await show();
    await offered();
    expect(await page.isVisible("#trouble")).toBe(false);
  });

  test("after a failure that is shown nowhere", async () => {
    await offer();
    await page.evaluate("void Promise.reject(new Error('of no concern'))");
    await offered();
  });

  test("not for an abort, which is no failure", async () => {
    await offer();
    await app.run(
      "view/trouble.ts",
      "({ showTrouble }) => showTrouble('It failed.', new DOMException('', 'AbortError'))",
    );
    await tasksDone();
    expect([await isOffered(), await page.isVisible("#trouble"), await fetches()]).toEqual([false, false, 0]);
  });

  test("after one check, however many failures there are at once, and after another check later", async () => {
    await offer("(offer) => Promise.all([offer.check(), offer.check(), offer.check()])");
    expect(requests).toBe(1);
    await check();
    expect(requests).toBe(2);
  });
});

test.each([
  ["its page is still of this script", SAME, 200],
  ["it answers with another page", "<h1>Sign in to this network</h1>", 200],
  ["it fails", ANOTHER, 503],
  ["it cannot be reached", undefined, 0],
])("nothing is offered where %s, and the failure stays on show", async (_, body, status) => {
  await serve(body, status);
  await offer();
  await show();
  await expect.poll(() => requests).toBe(1);
  // This resolves after the check that the failure began.
  await check();
  expect([await isOffered(), await page.isVisible("#trouble")]).toEqual([false, true]);
});

test.each([
  "Failed to fetch dynamically imported module: https://site.example/assets/view-a1.js",
  "error loading dynamically imported module: https://site.example/assets/view-a1.js",
  "Importing a module script failed.",
])("a script that is gone gives the visitor advice, and the site's owner the reason: %s", async (message) => {
  const said: string[] = [];
  page.on("console", (line) => void said.push(line.text()));
  await app.run("view/trouble.ts", `({ showTrouble }) => showTrouble("It failed.", new TypeError("${message}"))`);
  expect(await page.textContent("#trouble-text")).toMatch(/^It failed\. Reload the page\./);
  await expect.poll(() => said.join()).toContain(message);
});

test("nothing is offered by a page that cannot find its own script", async () => {
  await serve(ANOTHER);
  await page.evaluate("for (const script of document.querySelectorAll('script')) script.remove()");
  await offer("(offer) => offer.check()");
  expect(await isOffered()).toBe(false);
});

describe("where there is a service worker, the reload is offered", () => {
  test("when another tab took the new version", async () => {
    await control("{}");
    await offer();
    await changeController();
    expect(await isOffered()).toBe(true);
  });

  test("not when the first one begins to serve the page", async () => {
    await control("null");
    await offer();
    await changeController();
    expect(await isOffered()).toBe(false);
  });

  test("when a new version waits already", async () => {
    await page.evaluate(`${REGISTRATION} registration.waiting = worker("installed");`);
    await offer("(offer) => offer.watch(registration)");
    expect(await isOffered()).toBe(true);
  });

  test.each([
    ["waits", "next", true],
    ["is not through", "null", false],
  ])("once the one that is found %s: %s", async (_, waiting, expected) => {
    await page.evaluate(REGISTRATION);
    await offer("(offer) => offer.watch(registration)");
    await page.evaluate(`{
      const next = registration.installing = worker("installing");
      registration.dispatchEvent(new Event("updatefound"));
      registration.waiting = ${waiting};
      next.dispatchEvent(new Event("statechange"));
    }`);
    expect(await isOffered()).toBe(expected);
  });

  test("not when the first one is installed", async () => {
    await page.evaluate(`${REGISTRATION} registration.active = null;`);
    await offer("(offer) => offer.watch(registration)");
    await page.evaluate(`{
      const next = registration.installing = worker("installing");
      registration.dispatchEvent(new Event("updatefound"));
      registration.waiting = next;
      next.dispatchEvent(new Event("statechange"));
    }`);
    expect(await isOffered()).toBe(false);
  });

  test("after it is looked for, which a page does when it comes to sight; without a network that is no failure", async () => {
    await serve(ANOTHER);
    await page.evaluate(REGISTRATION);
    await offer("(offer) => offer.watch(registration)");
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await tasksDone();
    expect([await page.evaluate("asked"), await fetches()]).toEqual([["update"], 0]);
    await page.evaluate(`Object.defineProperty(document, "hidden", { value: true });
      document.dispatchEvent(new Event("visibilitychange"))`);
    expect(await page.evaluate("asked")).toEqual(["update"]);
  });
});

describe("the reload", () => {
  const reload = () => page.evaluate("globalThis.old = document.getElementById('reload'); old.click()");
  const reloaded = () => page.waitForFunction("globalThis.old === undefined");

  test("loads the page anew where no service worker has the old one", async () => {
    await offer();
    await reload();
    await reloaded();
  });

  test("without a network too", async () => {
    await page.evaluate(REGISTRATION);
    await offer("(offer) => offer.watch(registration)");
    await reload();
    await reloaded();
  });

  test("lets a service worker that waits take over, and loads the page once it has", async () => {
    await control("{}");
    await page.evaluate(`${REGISTRATION} registration.waiting = worker("installed");`);
    await offer("(offer) => offer.watch(registration)");
    await reload();
    await page.waitForFunction("asked.includes('SKIP_WAITING')");
    await changeController();
    await reloaded();
  });

  test("waits for one that is being installed", async () => {
    await control("{}");
    await page.evaluate(`${REGISTRATION} registration.installing = worker("installing");`);
    await offer("(offer) => offer.watch(registration)");
    await reload();
    await page.waitForFunction("asked.includes('update')");
    await tasksDone();
    expect(await page.evaluate("asked")).not.toContain("SKIP_WAITING");
    await page.evaluate("registration.installing.dispatchEvent(new Event('statechange'))");
    await page.waitForFunction("asked.includes('SKIP_WAITING')");
  });

  test("loads the page anew where the installation fails", async () => {
    await control("{}");
    await page.evaluate(`${REGISTRATION} registration.installing = worker("installing");`);
    await offer("(offer) => offer.watch(registration)");
    await reload();
    await page.waitForFunction("asked.includes('update')");
    await page.evaluate(`registration.installing.state = "redundant";
      registration.installing.dispatchEvent(new Event("statechange"))`);
    await reloaded();
  });
});
