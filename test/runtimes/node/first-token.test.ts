import { readFileSync } from "node:fs";
import { createOnnxTextModel, MINILM, spaceOf, type TextModelSpec, textPiece } from "@pipit/core";
import * as onnxruntime from "onnxruntime-node";
import { expect, test } from "vitest";
import { rowCosines } from "../../fixtures/cosine.ts";
import { minilmFiles, minilmFolder, referenceTexts } from "../../fixtures/minilm.ts";

/** MiniLM pooled at its first token, as BGE is. */
const spec: TextModelSpec = {
  ...MINILM,
  space: spaceOf({
    name: "MiniLM, first token",
    weights: MINILM.space.id,
    tokenizer: MINILM.space.id,
    preprocessing: "text-1",
    pooling: "first-token",
    normalization: "l2",
    dimensions: 384,
  }),
  pooling: "first-token",
};

test.skipIf(!minilmFolder)("a text model may be pooled at its first token", async () => {
  const files = minilmFiles(minilmFolder!, "fp32");
  const model = await createOnnxTextModel({ runtime: onnxruntime, spec, variant: "fp32", files });
  const pieces = referenceTexts(minilmFolder!).map(({ text }) => textPiece(text));
  const vectors = await model.run(pieces, new AbortController().signal);
  const reference = new Float32Array(new Uint8Array(readFileSync(`${minilmFolder}/reference/cls-fp32.f32`)).buffer);
  expect(Math.min(...rowCosines(vectors, reference, 384))).toBeGreaterThan(0.99999);
});
