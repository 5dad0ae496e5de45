import { createEngine, createMemoryStore, MINILM_SPACE, openCollection } from "@pipit/core";
import { createEdgeEngine } from "@pipit/edge/client";
import { loadIndex } from "@pipit/wasm/node";
import { afterAll } from "vitest";
import { openEdgeApp } from "../fixtures/edge-app.ts";
import { guideByNameContract, shippedEmbedder } from "./guide-by-name.ts";

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

guideByNameContract("in process", async () => {
  const collection = await openCollection({ store: createMemoryStore(MINILM_SPACE), index: await loadIndex() });
  return createEngine({ collection, embedder: shippedEmbedder(), backend: "js", why: "it ships inside" });
});

guideByNameContract("over HTTP, without a socket", async () => {
  const edge = await openEdgeApp({ embedder: shippedEmbedder(), index: await loadIndex() });
  closing.push(edge.close);
  const ask = (request: Request) => edge.app.request(request);
  return createEdgeEngine({ url: "http://pipit.test", collection: "guide", create: "if-missing", fetch: ask });
});
