import { createKernelTextModel, createLane } from "@pipit/core";
import { openEncoder } from "@pipit/wasm";
import { loadBuild } from "@pipit/wasm/node";
import { minilmTwin } from "../fixtures/minilm-twin.ts";
import { packedTwin } from "../fixtures/packed-twin.ts";
import { embedderContract } from "./embedder.ts";

embedderContract("MiniLM's twin on the encoder kernel, in a lane", async () => {
  const { spec, files } = await minilmTwin();
  const encoder = await openEncoder(await loadBuild("simd", "encoder"), await packedTwin());
  return createLane(createKernelTextModel({ encoder, spec, tokenizer: files.tokenizer }));
});
