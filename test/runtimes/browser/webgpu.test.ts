import { textsOf } from "@pipit/core";
import { describe, expect, test } from "vitest";
import { mean, rowCosines } from "../../fixtures/cosine.ts";
import { minilmTwin } from "../../fixtures/minilm-twin.ts";
import { usePages } from "./open-page.ts";
import type {} from "./pages/tab.ts";

const pages = usePages();

const improve = (worker: string, webgpu: "any" | "hardware") =>
  [{ worker, webgpu, models: "/twin", name: `${worker}-${webgpu}` }] as const;

describe("a model on WebGPU", () => {
  // With a null adapter every other test here would pass on WASM.
  test("has an adapter", async () => {
    const page = await pages.open();
    expect(await page.evaluate(async () => (await navigator.gpu.requestAdapter()) !== null)).toBe(true);
  });

  test("is proven there, gives Node's vectors, and embeds again what waited for it", async () => {
    const page = await pages.open();
    const { golden, spec } = await minilmTwin();
    const seen = await page.evaluate(
      async ({ choice, texts }) => {
        const engine = await window.pipit.open(choice);
        await engine.add(texts.map((text, i) => ({ id: `${i}`, text })));
        const before = (await engine.stats()).provisional;
        const stages: string[] = [];
        const summary = await engine.improve({ onProgress: ({ stage }) => stages.push(stage) });
        const stats = await engine.stats();
        const vectors = [...(await engine.embed(texts))];
        return { before, stages, summary, stats, vectors };
      },
      { choice: improve("./twin-worker.ts", "any")[0], texts: textsOf(golden.pieces) },
    );
    expect(seen.summary.why).toContain("proven on webgpu");
    expect(seen.stats.backend).toBe("webgpu");
    expect([...new Set(seen.stages)]).toEqual(["download", "prove", "refine"]);
    expect(seen.before).toBeGreaterThan(0);
    expect(seen.stats.provisional).toBe(0);
    const cosines = rowCosines(golden.vectors, Float32Array.from(seen.vectors), spec.space.dimensions);
    console.log(`twin on WebGPU against Node: mean cosine ${mean(cosines)}, least ${Math.min(...cosines)}`);
    expect(Math.min(...cosines)).toBeGreaterThanOrEqual(0.9999);
  });

  test("whose numbers are wrong is passed over for WASM, and why says so", async () => {
    const page = await pages.open();
    const summary = await page.evaluate(
      async (choice) => (await window.pipit.open(choice)).improve(),
      improve("./twin-worker.ts?lying", "any")[0],
    );
    expect(summary.adopted).toBe(true);
    expect(summary.why).toContain("proven on wasm");
    expect(summary.why).toMatch(/webgpu fp32: least cosine/);
  });

  test("goes on after the GPU was lost, once and again, with the same numbers", async () => {
    const page = await pages.open();
    const seen = await page.evaluate(
      async ({ choice, texts }) => {
        const engine = await window.pipit.open(choice);
        await engine.improve();
        const channel = new BroadcastChannel("lose the GPU");
        const lose = async () => {
          channel.postMessage("now");
          await new Promise((later) => setTimeout(later, 300));
        };
        const before = [...(await engine.embed(texts))];
        await lose();
        // Not cached: another case makes other keys.
        const once = await engine.embed(texts.map((text) => `${text} again`)).then((vectors) => vectors.length);
        await lose();
        await engine.add(texts.map((text, i) => ({ id: `${i}`, text: `${text}!` })));
        const { backend, provisional } = await engine.stats();
        const hit = (await engine.search(`${texts[0]}!`, { k: 1 })).hits[0]?.id;
        return { before: before.length, once, backend, provisional, hit };
      },
      {
        choice: improve("./twin-worker.ts?losing", "any")[0],
        texts: ["a heron", "two owls", "reeds"],
      },
    );
    expect(seen).toMatchObject({ once: seen.before, backend: "webgpu", provisional: 0, hit: "0" });
  });

  // Tested on any backend; WASM is ready first.
  test("comes back by itself when the worker died", async () => {
    const page = await pages.open();
    const names = await page.evaluate(async (choice) => {
      const engine = await window.pipit.open(choice);
      const before = (await engine.stats()).producer.name;
      await engine.improve();
      const improved = (await engine.stats()).producer.name;
      window.pipit.workers.at(-1)!.terminate();
      let after = before;
      while (after === before) {
        await new Promise((later) => setTimeout(later, 50));
        after = await engine.stats().then(
          ({ producer }) => producer.name,
          () => before,
        );
      }
      return { before, improved, after };
    }, improve("./twin-worker.ts?again", "hardware")[0]);
    expect(names.improved).not.toBe(names.before);
    expect(names.after).toBe(names.improved);
  });

  test("in software is not tried unless software is admitted", async () => {
    const page = await pages.open();
    const summary = await page.evaluate(
      async (choice) => (await window.pipit.open(choice)).improve(),
      improve("./twin-worker.ts", "hardware")[0],
    );
    expect(summary.why).toMatch(/proven on wasm.*WebGPU runs in software here/);
  });

  test("that is not there leaves the first one at work and says what was tried", async () => {
    const page = await pages.open();
    const summary = await page.evaluate(async (choice) => (await window.pipit.open(choice)).improve(), {
      ...improve("./twin-worker.ts", "any")[0],
      models: "/nowhere",
    });
    expect(summary).toMatchObject({ adopted: false });
    expect(summary.why).toContain("no source");
  });
});
