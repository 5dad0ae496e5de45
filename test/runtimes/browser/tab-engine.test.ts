import { describe, expect, test } from "vitest";
import { usePages } from "./open-page.ts";
import type {} from "./pages/tab.ts";

const pages = usePages();

describe("a tab engine", () => {
  test("finds by meaning what was added, in the worker, and again after a reload", async () => {
    const page = await pages.open();
    const before = await page.evaluate(async () => {
      const engine = await window.pipit.open({ worker: "./bag-worker.ts" });
      await engine.add([
        { id: "owl", text: "a night hunter with silent wings", fields: { family: "owls" } },
        { id: "lark", text: "song high above the fields" },
      ]);
      const { hits } = await engine.search("silent night hunter", { k: 1 });
      await engine.close();
      return hits;
    });
    expect(before[0]).toMatchObject({ id: "owl", entry: { fields: { family: "owls" } } });
    await page.reload();
    await page.waitForFunction(() => window.pipit);
    const after = await page.evaluate(async () => {
      const engine = await window.pipit.open({ worker: "./bag-worker.ts" });
      return (await engine.search("silent night hunter", { k: 1 })).hits;
    });
    expect(after).toEqual(before);
  });
});
