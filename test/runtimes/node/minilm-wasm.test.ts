import {
  createLane,
  createOnnxTextModel,
  MINILM,
  MINILM_GOLDEN,
  type OnnxVariant,
  proveModel,
  textPiece,
} from "@pipit/core";
import * as onnxruntime from "onnxruntime-web/wasm";
import { beforeAll, describe, expect, test } from "vitest";
import { minilmFiles, minilmFolder } from "../../fixtures/minilm.ts";

const TEXTS = [
  "hello world",
  "owls hunt",
  "a wren sings at dawn",
  "the owl",
  "naïve café résumé",
  "a lark flies up high",
];

describe.skipIf(!minilmFolder)("MiniLM on onnxruntime-web's WASM, by the same code", () => {
  beforeAll(() => {
    onnxruntime.env.wasm.numThreads = 1;
  });

  test.each<OnnxVariant>(["fp32", "q8"])("%s is proven and no bit depends on a text's neighbors", async (variant) => {
    const files = minilmFiles(minilmFolder!, variant);
    const model = await createOnnxTextModel({ runtime: onnxruntime, spec: MINILM, variant, files });
    const proof = await proveModel(model, MINILM_GOLDEN);
    expect(proof.proven, proof.why).toBe(true);
    const lane = createLane(model);
    const together = await lane.embed(TEXTS.map(textPiece));
    for (const [row, text] of TEXTS.entries()) {
      expect(await lane.embed([textPiece(text)]), text).toEqual(together.slice(row * 384, (row + 1) * 384));
    }
    await lane.close();
  });
});
