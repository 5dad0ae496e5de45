import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createEdgeEngine } from "@pipit/edge/client";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AppServer, startAppServer } from "../fixtures/app-server.ts";
import { launchChromium } from "../fixtures/chromium.ts";

const ENTRIES = [
  { id: "lark", text: "The skylark hangs high above open fields, singing for minutes.", fields: { title: "Skylark" } },
  { id: "owl", text: "The barn owl hunts voles at dusk on silent wings.", fields: { title: "Barn owl" } },
];

let server: AppServer;
let browser: Browser;
let site: Server;
/** A page of another origin's site, with the README's snippet. */
let page = "";

beforeAll(async () => {
  [server, browser] = await Promise.all([startAppServer("", { PIPIT_PUBLIC_SEARCH: "docs" }), launchChromium()]);
  site = createServer((request, response) => {
    const [type, body] =
      request.url === "/entries.json" ? ["application/json", JSON.stringify(ENTRIES)] : ["text/html", page];
    response.writeHead(200, { "content-type": type }).end(body);
  });
  await new Promise<void>((listening) => site.listen(0, "127.0.0.1", listening));
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  site?.close();
});

/** Opens a page with the README's snippet and searches. */
async function asking(element: string, query: string): Promise<Page> {
  page = `<!doctype html><meta charset="utf-8"><script type="module" src="${server.url}/pipit-search.js"></script>${element}`;
  const tab: Page = await browser.newPage();
  await tab.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
  await tab.keyboard.press("Control+K");
  await tab.locator("[part=input]").fill(query);
  return tab;
}

/** Returns the titles of the hits. */
async function ask(element: string, query: string): Promise<string[]> {
  const tab = await asking(element, query);
  await tab.locator("[part=hit]").first().waitFor();
  const titles = await tab.locator("[part=hit]").allInnerTexts();
  await tab.close();
  return titles;
}

test("a page of another origin searches in its tab, by the widget that npm start serves", async () => {
  const [first] = await ask(`<pipit-search source="/entries.json"></pipit-search>`, "hunts mice in the dark");
  expect(first).toContain("Barn owl");
});

test("a page of another origin searches a public collection over HTTP", async () => {
  const engine = createEdgeEngine({ url: server.url, collection: "docs", create: "if-missing" });
  await engine.add(ENTRIES);
  const element = `<pipit-search edge="${server.url}" collection="docs"></pipit-search>`;
  const [first] = await ask(element, "music in the air");
  expect(first).toContain("Skylark");
});

test("a page that the server does not list gets the name of the list in its console", async () => {
  const element = `<pipit-search edge="${server.url}" collection="private"></pipit-search>`;
  const tab = await asking(element, "music in the air");
  const told = await tab.waitForEvent("console", (message) => message.text().startsWith("<pipit-search>"));
  expect(told.text()).toContain("PIPIT_PUBLIC_SEARCH, or lists http://127.0.0.1:");
  await tab.close();
});
