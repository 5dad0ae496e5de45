import { beforeEach, expect, test } from "vitest";
import { useWidget, type WidgetPage } from "./open-widget.ts";
import "./pages/widget/page-window.ts";

let on: WidgetPage;
useWidget((opened) => {
  on = opened;
});

beforeEach(async () => {
  await on.page.evaluate(() => window.guide.engine.add([{ id: "ru", text: "Полевой жаворонок поёт над полем" }]));
});

test("a hit in a script that the model does not read says that words were compared", async () => {
  await on.search("жаворонок");
  expect(await on.hits.count()).toBe(1);
  expect(await on.hits.locator("[part=match]").textContent()).toBe("by its words");
  expect(await on.hits.locator("mark").textContent()).toBe("жаворонок");
  await expect.poll(() => on.status.textContent()).toContain("does not read this script");
});

test("without hits the sentence stands where they would be", async () => {
  await on.search("草地上的百灵鸟");
  expect(await on.note.textContent()).toContain("does not read this script");
});
