import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { assetPath } from "../../fixtures/assets.ts";
import { usePages } from "./open-page.ts";
import type {} from "./pages/tab.ts";

const folder = assetPath("models/all-MiniLM-L6-v2/onnx/model_quantized.onnx") && "models/all-MiniLM-L6-v2/reference";
const pages = usePages();

describe.runIf(folder)("MiniLM on WebAssembly in Chromium", () => {
  let page: Page;
  let improved: { adopted: boolean; why: string };
  let stages: string[];

  beforeAll(async () => {
    page = await pages.open();
    [improved, stages] = await page.evaluate(async () => {
      const engine = await window.pipit.open({ name: "minilm" });
      window.kept.engine = engine;
      const seen = new Set<string>();
      const summary = await engine.improve({ onProgress: ({ stage }) => seen.add(stage) });
      return [summary, [...seen]] as const;
    });
  });

  test("is proven on this device and adopted, telling what it does", () => {
    expect(improved.why).toContain("minilm-q8 proven on wasm");
    expect(improved.adopted).toBe(true);
    expect(stages).toEqual(expect.arrayContaining(["download", "prove"]));
  });

  test("answers q8 vectors whose cosine to PyTorch's fp32 is .985 on average and .96 at least", async () => {
    const texts = referenceTexts();
    const vectors = await embed(page, texts);
    const cosines = cosinesTo(referenceVectors(), vectors);
    console.log(`MiniLM q8 in Chromium: ${texts.length} texts, mean ${mean(cosines)}, least ${Math.min(...cosines)}`);
    expect(texts).toHaveLength(102);
    expect(mean(cosines)).toBeGreaterThanOrEqual(0.985);
    expect(Math.min(...cosines)).toBeGreaterThanOrEqual(0.96);
  });
});

function embed(page: Page, texts: readonly string[]): Promise<number[]> {
  return page.evaluate(async (wanted) => {
    const engine = window.kept.engine as Awaited<ReturnType<typeof window.pipit.open>>;
    return [...(await engine.embed(wanted))];
  }, texts);
}

function referenceTexts(): string[] {
  const path = assetPath(`${folder}/texts.json`);
  const listed: (string | { text: string })[] = JSON.parse(readFileSync(path!, "utf8"));
  return listed.map((item) => (typeof item === "string" ? item : item.text));
}

function referenceVectors(): Float32Array {
  const bytes = readFileSync(assetPath(`${folder}/fp32.f32`)!);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

const DIMENSIONS = 384;

function cosinesTo(reference: Float32Array, vectors: readonly number[]): number[] {
  return Array.from({ length: vectors.length / DIMENSIONS }, (_, row) => {
    let sum = 0;
    for (let i = row * DIMENSIONS; i < (row + 1) * DIMENSIONS; i++) sum += reference[i]! * vectors[i]!;
    return sum;
  });
}

const mean = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
