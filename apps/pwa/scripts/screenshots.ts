/** Makes the pictures of the app for the README: `npm run screenshots -w apps/pwa`. Needs Chromium; starts a server of its own. */
import { fileURLToPath } from "node:url";
import { startAppServer } from "@pipit/test/fixtures/app-server";
import { launchChromium } from "@pipit/test/fixtures/chromium";
import type { Page } from "playwright-core";

const folder = fileURLToPath(new URL("../../../docs/images", import.meta.url));
const QUERY = "small brown bird that sings while flying";

const server = await startAppServer();
const browser = await launchChromium();
await shoot("pwa-start", { width: 1280, height: 800 }, async () => undefined);
await shoot("pwa-desktop", { width: 1280, height: 900 }, ask);
await shoot("pwa-phone", { width: 390, height: 844 }, ask);
await shoot("pwa-dark", { width: 1280, height: 900, dark: true }, ask);
await shoot("pwa-weak", { width: 1280, height: 900 }, (page) => ask(page, "JavaScript promises"));
await shoot("pwa-facets", { width: 1280, height: 900 }, async (page) => {
  await page.selectOption("#region", { index: 4 });
  await ask(page);
});
await shoot("pwa-files", { width: 1280, height: 900 }, addFiles);
await shoot("pwa-palette", { width: 1280, height: 800 }, async (page) => {
  await page.waitForFunction(() => document.querySelector("pipit-search"));
  await page.keyboard.press("Control+k");
  await page.keyboard.type("laughs like a person");
  await page.waitForTimeout(500);
});
await browser.close();
await server.stop();

interface Shape {
  readonly width: number;
  readonly height: number;
  readonly dark?: boolean;
}

async function shoot(name: string, { width, height, dark }: Shape, act: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: width < 500 ? 2 : 1,
    colorScheme: dark ? "dark" : "light",
  });
  const page = await context.newPage();
  await page.goto(server.url);
  await page.waitForSelector("html[data-ready]");
  await act(page);
  await page.screenshot({ path: `${folder}/${name}.png` });
  await context.close();
}

async function ask(page: Page, query = QUERY): Promise<void> {
  await page.fill("#query", query);
  await page.waitForSelector("#hits h2");
  await page.waitForTimeout(500);
}

async function addFiles(page: Page): Promise<void> {
  const notes = {
    "garden/march.md": "The chiffchaff is back. It sang from the birch all morning while we cut the hedge.",
    "garden/pond.txt":
      "Two toads in the pond. The herring gulls have found the goldfish, so we stretched a net over the water.",
    "trips/lesvos.md": "Bee-eaters over the salt pans in the evening light. The hire car broke down near Kalloni.",
  };
  await page.click("#scopes label:has-text('My files')");
  const files = Object.entries(notes).map(([name, text]) => ({
    name,
    mimeType: "text/plain",
    buffer: Buffer.from(text),
  }));
  await page.setInputFiles("#pick-files", [
    ...files,
    { name: "map.png", mimeType: "image/png", buffer: Buffer.from([1]) },
  ]);
  await page.waitForFunction(() => document.querySelector("#outcome")?.textContent?.includes("searchable"));
  await page.fill("#query", "protecting fish from birds");
  await page.waitForSelector("#hits h2");
}
