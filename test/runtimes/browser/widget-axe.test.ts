import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { BrowserContextOptions } from "playwright-core";
import { describe, expect, test } from "vitest";
import { useWidgetPages, type WidgetPage } from "./open-widget.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const pages = useWidgetPages();

const settings: [string, BrowserContextOptions, "ltr" | "rtl"][] = [
  ["light", { colorScheme: "light" }, "ltr"],
  ["dark", { colorScheme: "dark" }, "ltr"],
  ["right to left", { colorScheme: "light" }, "rtl"],
  ["narrow", { viewport: { width: 360, height: 640 } }, "ltr"],
  ["forced colors", { forcedColors: "active" }, "ltr"],
];

const states: [string, (on: WidgetPage) => Promise<void>][] = [
  ["closed", async () => undefined],
  ["open and empty", (on) => on.trigger.click()],
  ["with hits", (on) => on.search("bird")],
  [
    "with an active hit",
    async (on) => {
      await on.search("bird");
      await on.page.keyboard.press("ArrowDown");
    },
  ],
  [
    "without hits",
    async (on) => {
      await on.page.locator("#first").evaluate((element) => element.setAttribute("min-score", "0.99"));
      await on.search("nothing alike");
    },
  ],
  [
    "with hits that are no good match",
    async (on) => {
      await on.page.evaluate(() => {
        const { engine } = window.guide;
        const search = engine.search.bind(engine);
        engine.search = async (query, options) => ({ ...(await search(query, options)), weak: true });
      });
      await on.search("bird");
      await on.note.waitFor();
    },
  ],
  [
    "with facets",
    async (on) => {
      await on.page.locator("#first").evaluate((element) => element.setAttribute("facets", "title"));
      await on.search("bird");
      await on.page.locator("#first [part=facet]").waitFor();
    },
  ],
  [
    "after a failure",
    async (on) => {
      await on.page.evaluate(() => window.failWith("Check the connection."));
      await on.trigger.click();
      await on.input.fill("bird");
      await on.note.getByText("Please try again in a moment.").waitFor();
    },
  ],
  [
    "inline",
    async (on) => {
      await on.page.locator("#first").evaluate((element) => element.setAttribute("inline", ""));
      await on.search("bird");
    },
  ],
];

async function violations(on: WidgetPage): Promise<string[]> {
  await on.page.evaluate(axe);
  // Colours are measured after all animations.
  await on.page.waitForFunction(() => document.querySelector("#first")?.shadowRoot?.getAnimations().length === 0);
  const results = (await on.page.evaluate("axe.run()")) as AxeResults;
  // Undecided results count too, except the contrast of key symbols, which axe does not take for text.
  const undecided = results.incomplete.filter(({ id }) => id !== "color-contrast");
  return [...results.violations, ...undecided].flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

describe.each(settings)("%s", (_name, options, direction) => {
  test.each(states)("%s breaks no rule of axe", async (_state, reach) => {
    const on = await pages.open(options);
    await on.page.evaluate((dir) => {
      document.documentElement.dir = dir;
    }, direction);
    await reach(on);
    expect(await violations(on)).toEqual([]);
    await on.close();
  });
});

test("right to left, the field begins at the right and the close button ends at the left", async () => {
  const on = await pages.open();
  await on.page.evaluate(() => {
    document.documentElement.dir = "rtl";
  });
  await on.trigger.click();
  const [field, closer] = await Promise.all([
    on.input.boundingBox(),
    on.page.locator("#first [part=close]").boundingBox(),
  ]);
  expect(closer!.x).toBeLessThan(field!.x);
  await on.close();
});

// The second row shows that the first one can fail.
test.each([
  ["reduce", "nothing moves", false],
  ["no-preference", "it does", true],
] as const)("while a search waits with motion %s, %s", async (reducedMotion, _words, moves) => {
  const on = await pages.open({ reducedMotion });
  await on.page.evaluate(() => window.hold("bird"));
  await on.trigger.click();
  await on.input.fill("bird");
  await on.page.locator("#first .busy").waitFor();
  const moving = await on.page.evaluate(() => document.querySelector("#first")?.shadowRoot?.getAnimations().length);
  expect(moving !== 0).toBe(moves);
  await on.close();
});
