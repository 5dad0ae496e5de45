import { cacheEmbeddings, createLane, createMemoryBytes, createOnnxTextModel } from "@pipit/core";
import * as onnxruntime from "onnxruntime-node";
import { minilmTwin } from "../fixtures/minilm-twin.ts";
import { embedderContract } from "./embedder.ts";

async function twinLane() {
  const { spec, files } = await minilmTwin();
  return createLane(await createOnnxTextModel({ runtime: onnxruntime, spec, variant: "fp32", files }));
}

embedderContract("MiniLM's twin on onnxruntime-node, in a lane", twinLane);

embedderContract("the same, remembered", async () => {
  const inner = await twinLane();
  return cacheEmbeddings(inner, { store: createMemoryBytes({ maxBytes: 1_000_000 }) });
});
