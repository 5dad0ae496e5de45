/** Makes the picture of the element for the README: `npm run screenshots -w packages/widget`. Needs Chromium. */
import { fileURLToPath } from "node:url";
import { launchChromium } from "@pipit/test/fixtures/chromium";
import { servePages } from "@pipit/test/runtimes/browser/page-server";

const [target = "../../../docs/images/widget.png"] = process.argv.slice(2);
const path = fileURLToPath(new URL(target, import.meta.url));

const server = await servePages();
const browser = await launchChromium();
try {
  const page = await browser.newPage({ viewport: { width: 960, height: 700 }, deviceScaleFactor: 2 });
  await page.goto(`${server.url}widget/page.html`);
  await page.waitForFunction(() => window.ready);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("small brown bird of the meadow");
  await page.locator("[part=status]").getByText("results").waitFor();
  await page.keyboard.press("ArrowDown");
  await page.screenshot({ path });
} finally {
  await browser.close();
  await server.close();
}
