import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEdgeEngine } from "@pipit/edge/client";
import { ModelStates, type NodeServer, startNodeServer } from "@pipit/edge/node";
import { afterAll, beforeAll } from "vitest";
import { BAG_SPACE, createBagEmbedder } from "../fixtures/bag-embedder.ts";
import { searchEngineContract } from "./search-engine.ts";

let server: NodeServer;
let dataFolder: string;
let collections = 0;

beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), "pipit-socket-"));
  const models = new ModelStates(BAG_SPACE, ["bag"]);
  models.set("bag", { state: "ready", embedder: createBagEmbedder(), backend: "js", why: "the test asks for it" });
  server = await startNodeServer({ port: 0, host: "127.0.0.1", dataFolder, models });
});
afterAll(async () => {
  await server.close();
  await rm(dataFolder, { recursive: true });
});

searchEngineContract("over HTTP, through a socket, HNSW on the server", async () =>
  createEdgeEngine({ url: server.url, collection: `birds-${++collections}`, create: "if-missing" }),
);
