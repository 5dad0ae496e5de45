import { createKernelTextModel, createLane, createOnnxTextModel } from "@pipit/core";
import { openEncoder } from "@pipit/wasm";
import { loadBuild } from "@pipit/wasm/node";
import * as onnxruntime from "onnxruntime-node";
import { expect, test } from "vitest";
import { minilmTwin } from "../fixtures/minilm-twin.ts";
import { packedTwin } from "../fixtures/packed-twin.ts";
import { twinProjection } from "../fixtures/twin-projection.ts";
import { tokenEmbedderContract } from "./token-embedder.ts";

const { spec, files } = await minilmTwin();
const width = spec.space.dimensions;
const projection = twinProjection(spec.space, { width, dimensions: 16 });

async function onnxModel(given = projection) {
  return createOnnxTextModel({ runtime: onnxruntime, spec, variant: "fp32", files, projection: given });
}

tokenEmbedderContract("MiniLM's twin on the encoder kernel, in a lane", async () => {
  const encoder = await openEncoder(await loadBuild("simd", "encoder"), await packedTwin(), { projection });
  return createLane(createKernelTextModel({ encoder, spec, tokenizer: files.tokenizer }));
});

tokenEmbedderContract("MiniLM's twin on onnxruntime-node, in a lane", async () => createLane(await onnxModel()));

test("a projection of another model is refused before the model is opened", async () => {
  const others = [
    twinProjection({ id: "f".repeat(32) }, { width, dimensions: 16 }),
    twinProjection(spec.space, { width: 2 * width, dimensions: 16 }),
  ];
  const codes = others.map((other) =>
    onnxModel(other).then(
      () => "opened",
      (error) => error.code,
    ),
  );
  expect(await Promise.all(codes)).toEqual(["space-mismatch", "bad-model"]);
});
