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

  test("embeds a list of texts, prepared as entries are, and refuses anything else", async () => {
    const page = await pages.open();
    const outcomes = await page.evaluate(async () => {
      const engine = await window.pipit.open({ worker: "./bag-worker.ts" });
      const vectors = await engine.embed(["ΟΔΟΣ", "οδοσ"]);
      const half = vectors.length / 2;
      const equal = vectors.slice(0, half).every((value, i) => value === vectors[half + i]);
      const codes: string[] = [];
      for (const given of ["owl", null, [3], new Array(2), ["x".repeat(100_001)]]) {
        codes.push(
          await engine.embed(given as never).then(
            () => "embedded",
            (error) => error.code,
          ),
        );
      }
      codes.push(
        await engine.embed(["owl"], { signal: 0 as never }).then(
          () => "embedded",
          (error) => error.code,
        ),
      );
      return { equal, codes };
    });
    expect(outcomes).toEqual({ equal: true, codes: Array(6).fill("bad-input") });
  });
});
