import { loadEncoder } from "@pipit/wasm/node";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { mean, rowCosines } from "../../fixtures/cosine.ts";
import { packedMinilm } from "../../fixtures/encoder-job.ts";
import { minilmFolder, referenceTexts, referenceVectors } from "../../fixtures/minilm.ts";
import { usePages } from "./open-page.ts";
import type { Choice } from "./pages/drive.ts";
import type {} from "./pages/tab.ts";

const pages = usePages();
const DIMENSIONS = 384;

describe.runIf(minilmFolder)("MiniLM on WebAssembly in Chromium", () => {
  let page: Page;
  let improved: Awaited<ReturnType<typeof improve>>;
  const all = minilmFolder ? referenceTexts(minilmFolder).map(({ text }) => text) : [];

  beforeAll(async () => {
    page = await pages.open();
    improved = await improve(page, { name: "minilm" });
  });

  test("is proven on this device and adopted, telling what it does", () => {
    expect(improved.why).toContain("minilm-kernel-q8 proven on wasm");
    expect(improved.adopted).toBe(true);
    expect(improved.stages).toEqual(expect.arrayContaining(["download", "pack", "prove"]));
  });

  test("needs no file of ONNX Runtime", () => {
    expect(pages.server.asked.filter((path) => path.includes("/ort"))).toEqual([]);
  });

  test("answers vectors whose cosine to PyTorch's fp32 is .995 on average and .985 at least", async () => {
    const cosines = rowCosines(referenceVectors(minilmFolder!, "fp32"), await embed(page, all), DIMENSIONS);
    console.log(
      `kernel in Chromium, packed there from q8: ${cosines.length} texts, mean ${mean(cosines)}, least ${Math.min(...cosines)}`,
    );
    expect(cosines).toHaveLength(102);
    expect(mean(cosines)).toBeGreaterThanOrEqual(0.995);
    expect(Math.min(...cosines)).toBeGreaterThanOrEqual(0.985);
  });

  test("loads no weights over the network on the next visit", async () => {
    await page.reload();
    await page.waitForFunction(() => window.pipit);
    const before = pages.server.asked.length;
    expect(await improve(page, { name: "minilm" })).toMatchObject({ adopted: true });
    expect(pages.server.asked.slice(before).filter((path) => path.startsWith("/models"))).toEqual([]);
  });

  test("takes a packed file where one is served, and answers with Node's bits", async () => {
    const fresh = await pages.open();
    const { why, stages } = await improve(fresh, { name: "packed", models: "/packed" });
    expect(why).toContain("minilm-kernel proven on wasm");
    expect(stages).not.toContain("pack");
    const encoder = await loadEncoder(await packedMinilm(minilmFolder!));
    const onNode = await encoder.encodeTokens(referenceTexts(minilmFolder!).map(({ ids }) => ids));
    expect(await embed(fresh, all)).toEqual(onNode);
  });

  test("answers fp32 vectors whose cosine to PyTorch's is .9999 at least", async () => {
    const fresh = await pages.open();
    const { why } = await improve(fresh, { name: "fp32", worker: "./fp32-worker.ts" });
    expect(why).toContain("minilm-fp32 proven on wasm");
    const some = all.filter((text) => text.length < 300).slice(0, 24);
    const rows = some.flatMap((text) => {
      const at = all.indexOf(text) * DIMENSIONS;
      return [...referenceVectors(minilmFolder!, "fp32").subarray(at, at + DIMENSIONS)];
    });
    const cosines = rowCosines(Float32Array.from(rows), await embed(fresh, some), DIMENSIONS);
    console.log(`fp32 in Chromium: ${cosines.length} texts, least ${Math.min(...cosines)}`);
    expect(Math.min(...cosines)).toBeGreaterThanOrEqual(0.9999);
  });
});

function improve(page: Page, choice: Choice) {
  return page.evaluate(async (opening) => {
    const engine = await window.pipit.open(opening);
    window.kept.engine = engine;
    const stages = new Set<string>();
    const summary = await engine.improve({ onProgress: ({ stage }) => stages.add(stage) });
    return { ...summary, stages: [...stages] };
  }, choice);
}

async function embed(page: Page, texts: readonly string[]): Promise<Float32Array> {
  const vectors = await page.evaluate(async (inputs) => {
    const engine = window.kept.engine as Awaited<ReturnType<typeof window.pipit.open>>;
    return [...(await engine.embed(inputs))];
  }, texts);
  return Float32Array.from(vectors);
}
