import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEngine, createMemoryStore, MINILM_SPACE, openCollection } from "@pipit/core";
import { createEdgeEngine } from "@pipit/edge/client";
import { startNodeServer } from "@pipit/edge/node";
import { loadHnswIndex } from "@pipit/wasm/node";
import { afterAll } from "vitest";
import { guideByNameContract, shippedEmbedder } from "../../contracts/guide-by-name.ts";

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

guideByNameContract("in process, by HNSW that is told nothing", async () => {
  const collection = await openCollection({ store: createMemoryStore(MINILM_SPACE), index: await loadHnswIndex() });
  return createEngine({ collection, embedder: shippedEmbedder(), backend: "js", why: "it ships inside" });
});

guideByNameContract("at a server", async () => {
  const dataFolder = await mkdtemp(join(tmpdir(), "pipit-guide-"));
  const server = await startNodeServer({ port: 0, host: "127.0.0.1", dataFolder });
  closing.push(
    () => server.close(),
    () => rm(dataFolder, { recursive: true }),
  );
  return createEdgeEngine({ url: server.url, collection: "guide", create: "if-missing" });
});
