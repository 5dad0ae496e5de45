import { createLane, textPiece } from "@pipit/core";
import { describe, expect, test } from "vitest";
import { mean, rowCosines } from "../../fixtures/cosine.ts";
import { minilmFolder, openMinilm, referenceTexts, referenceVectors } from "../../fixtures/minilm.ts";

const ALL = 102;

describe.skipIf(!minilmFolder)("MiniLM on onnxruntime-node", () => {
  const folder = minilmFolder!;
  const texts = minilmFolder ? referenceTexts(folder).map(({ text }) => text) : [];

  test("fp32 vectors of all reference texts match PyTorch's", async () => {
    const lane = createLane(await openMinilm(folder, "fp32"));
    const vectors = await lane.embed(texts.map(textPiece));
    const cosines = rowCosines(vectors, referenceVectors(folder, "fp32"), 384);
    console.log(`fp32 to reference: mean ${mean(cosines).toFixed(6)}, min ${Math.min(...cosines).toFixed(6)}`);
    expect(cosines).toHaveLength(ALL);
    expect(Math.min(...cosines)).toBeGreaterThanOrEqual(0.9999);
    await lane.close();
  });

  test("q8 vectors stay near fp32 and meet the reference made one text a run", async () => {
    const lane = createLane(await openMinilm(folder, "q8"));
    const vectors = await lane.embed(texts.map(textPiece));
    const toFp32 = rowCosines(vectors, referenceVectors(folder, "fp32"), 384);
    const toAlone = rowCosines(vectors, referenceVectors(folder, "q8-alone"), 384);
    console.log(`q8 to fp32: mean ${mean(toFp32).toFixed(6)}, min ${Math.min(...toFp32).toFixed(6)}`);
    console.log(`q8 to q8-alone: min ${Math.min(...toAlone).toFixed(6)}`);
    expect(mean(toFp32)).toBeGreaterThanOrEqual(0.985);
    expect(Math.min(...toFp32)).toBeGreaterThanOrEqual(0.96);
    expect(Math.min(...toAlone)).toBeGreaterThanOrEqual(0.999);
    await lane.close();
  });
});
