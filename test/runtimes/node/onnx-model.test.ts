import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  createOnnxTextModel,
  MINILM,
  type ModelSource,
  type OnnxTextModelOptions,
  openModelFiles,
  proveModel,
  spaceOf,
  textPiece,
} from "@pipit/core";
import * as onnxruntime from "onnxruntime-node";
import { expect, test } from "vitest";
import { minilmTwin } from "../../fixtures/minilm-twin.ts";
import { twinProjection } from "../../fixtures/twin-projection.ts";

async function open(changes: Partial<OnnxTextModelOptions> = {}) {
  const { spec, files } = await minilmTwin();
  return createOnnxTextModel({ runtime: onnxruntime, spec, variant: "fp32", files, ...changes });
}

test("the twin's files open from a mirror directory in the hub's layout and are proven", async () => {
  const { folder, spec, golden } = await minilmTwin();
  const mirror: ModelSource = {
    name: "mirror",
    read: async (path) => new Uint8Array(await readFile(join(folder, path))),
  };
  const files = await openModelFiles([mirror], { spec, variant: "fp32" });
  const model = await open({ files });
  expect(await proveModel(model, golden)).toMatchObject({ proven: true });
  await model.close();
});

test("a variant the model does not have is model-unavailable", async () => {
  await expect(open({ variant: "q8" })).rejects.toMatchObject({ code: "model-unavailable" });
});

test("weights that are no model are bad-model, with the runtime's words as cause", async () => {
  const { files } = await minilmTwin();
  const opening = open({ files: { ...files, weights: Uint8Array.of(1, 2, 3) } });
  await expect(opening).rejects.toMatchObject({ code: "bad-model", cause: expect.any(Error) });
});

test("a tokenizer that cannot be read, or lacks the special tokens, is bad-model", async () => {
  const { files, spec } = await minilmTwin();
  const torn = open({ files: { ...files, tokenizer: files.tokenizer.slice(0, 100) } });
  await expect(torn).rejects.toMatchObject({ code: "bad-model" });
  const foreign = open({ spec: { ...spec, specialTokens: { first: "<s>", last: "</s>" } } });
  await expect(foreign).rejects.toMatchObject({ code: "bad-model", got: "a tokenizer without <s>" });
});

test("hidden states of another width than the space's are bad-model", async () => {
  const { spec } = await minilmTwin();
  const wide = spaceOf({
    name: "wide",
    weights: "w",
    tokenizer: "t",
    preprocessing: "p",
    pooling: "mean",
    normalization: "l2",
    dimensions: 64,
  });
  const model = await open({ spec: { ...spec, space: wide } });
  const run = model.run([textPiece("owl")], new AbortController().signal);
  await expect(run).rejects.toMatchObject({ code: "bad-model", got: expect.stringContaining("48]") });
  await model.close();
});

test("weights that were not the measured ones speak under a name of their own", async () => {
  const { spec, files } = await minilmTwin();
  const { weights } = MINILM.variants.fp32!;
  const other = { ...spec, variants: { fp32: { ...spec.variants.fp32!, weights } } };
  const names = await Promise.all(
    weights.accepts.map(async (weightsDigest) => {
      const model = await open({ spec: other, files: { ...files, weightsDigest } });
      await model.close();
      return model.producer.name;
    }),
  );
  expect(names).toEqual(["minilm-twin-fp32", "minilm-twin-fp32-759c3cd2"]);
});

test("token vectors are refused for a model that shows no hidden states", async () => {
  const { spec } = await minilmTwin();
  const projection = twinProjection(spec.space, { width: 48, dimensions: 8 });
  const model = await open({ projection });
  await model.close();
  const pooled = { ...spec, pooling: { output: "text_embeds" } };
  await expect(open({ spec: pooled, projection })).rejects.toMatchObject({ code: "bad-input" });
});

test("an abort stops between runs", async () => {
  const model = await open();
  const run = model.run(["owl", "a wren sings"].map(textPiece), AbortSignal.abort());
  await expect(run).rejects.toMatchObject({ code: "aborted" });
  await model.close();
});

test("several lengths in one batch come back in the order given", async () => {
  const model = await open();
  const { signal } = new AbortController();
  const texts = ["the owl hunts", "owl", "a wren", "wren"];
  const together = await model.run(texts.map(textPiece), signal);
  for (const [row, text] of texts.entries()) {
    expect(await model.run([textPiece(text)], signal)).toEqual(together.slice(row * 48, (row + 1) * 48));
  }
  await model.close();
});
