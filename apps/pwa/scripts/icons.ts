/** Renders public/icons/pipit.svg to the PNG sizes that the page and its manifest use: `npm run icons -w apps/pwa`. Needs Chromium. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { launchChromium } from "@pipit/test/fixtures/chromium";

const folder = fileURLToPath(new URL("../public/icons/", import.meta.url));
const svg = readFileSync(`${folder}/pipit.svg`, "utf8");
// A system cuts a maskable icon to any shape: the drawing stays within the inner 80 % and the background reaches every edge.
const icons = [
  // For the page itself: a browser opens each SVG image as a document, which held up the first hits by some 50 ms.
  { file: "pipit-96.png", size: 96, svg },
  { file: "pipit-192.png", size: 192, svg },
  { file: "pipit-512.png", size: 512, svg },
  { file: "pipit-maskable-512.png", size: 512, svg: maskable(svg) },
];

const browser = await launchChromium();
for (const { file, size, svg } of icons) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`);
  await page.screenshot({ path: `${folder}/${file}`, omitBackground: true });
  await page.close();
}
await browser.close();

function maskable(drawing: string): string {
  const ground = drawing.match(/<rect[^>]*fill="(#\w+)"/)?.[1] ?? "#000";
  const inner = drawing.replace(/<rect[^>]*\/>/, "").replace("<svg ", '<svg x="51" y="51" width="410" height="410" ');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512"><rect width="512" height="512" fill="${ground}"/>${inner}</svg>`;
}
