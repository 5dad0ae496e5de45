import { createEngine, createMemoryStore, exactIndex, openCollection } from "@pipit/core";
import { BAG_SPACE, createBagEmbedder } from "../fixtures/bag-embedder.ts";
import { searchEngineContract } from "./search-engine.ts";

searchEngineContract("in process, memory store, exact index", async () => {
  const collection = await openCollection({ store: createMemoryStore(BAG_SPACE), index: exactIndex });
  return createEngine({ collection, embedder: createBagEmbedder(), backend: "js", why: "the test asks for it" });
});
