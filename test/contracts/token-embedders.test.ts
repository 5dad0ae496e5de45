import {
  type BatchModel,
  cacheEmbeddings,
  createKernelTextModel,
  createLane,
  createMemoryBytes,
  createOnnxTextModel,
  onnxProvider,
  provenModels,
  reopeningModel,
} from "@pipit/core";
import { openEncoder } from "@pipit/wasm";
import { loadBuild } from "@pipit/wasm/node";
import * as onnxruntime from "onnxruntime-node";
import { expect, test } from "vitest";
import { minilmTwin } from "../fixtures/minilm-twin.ts";
import { packedTwin } from "../fixtures/packed-twin.ts";
import { twinProjection } from "../fixtures/twin-projection.ts";
import { embedderContract } from "./embedder.ts";
import { tokenEmbedderContract } from "./token-embedder.ts";

const { spec, files, golden } = await minilmTwin();
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

const remembered = async () =>
  cacheEmbeddings(createLane(await onnxModel()), { store: createMemoryBytes({ maxBytes: 1_000_000 }) });

tokenEmbedderContract("the same, remembered", remembered);
embedderContract("a lane with token vectors, remembered", remembered);

tokenEmbedderContract("the same, opened again after a failure", reopened);
embedderContract("a model with token vectors, opened again after a failure", reopened);

/** A lane whose device is lost at its first run after the proof. */
async function reopened() {
  const stored: Readonly<Record<string, Uint8Array>> = {
    "minilm-twin/tokenizer.json": files.tokenizer,
    "minilm-twin/onnx/model.onnx": files.weights,
  };
  const provider = onnxProvider({
    name: "native",
    backend: "cpu",
    spec,
    variant: "fp32",
    sources: [{ name: "memory", read: async (path) => stored[path] }],
    runtime: async () => onnxruntime,
    projection: async () => projection,
  });
  const { proven } = await provenModels([provider], golden);
  return createLane(reopeningModel({ ...proven[0]!, model: lost(proven[0]!.model) }, { golden }));
}

function lost(model: BatchModel): BatchModel {
  const run = () => Promise.reject(new Error("the device was lost"));
  return { ...model, run, tokens: { ...model.tokens!, run } };
}

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
