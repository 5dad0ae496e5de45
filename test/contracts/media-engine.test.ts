import {
  createEngine,
  createMemoryBytes,
  createMemoryStore,
  exactIndex,
  MemoryDatabase,
  openCollection,
} from "@pipit/core";
import { BAG_SPACE, createBagEmbedder } from "../fixtures/bag-embedder.ts";
import { fakePictures } from "../fixtures/fake-pictures.ts";
import { PICTURES } from "../fixtures/further-space.ts";
import { mediaEngineContract } from "./media-engine.ts";

mediaEngineContract("in process, in memory", () => {
  const database = new MemoryDatabase();
  const bytes = createMemoryBytes({ maxBytes: 1 << 20 });
  return async () => {
    const store = createMemoryStore(BAG_SPACE, database);
    // The bytes stay when a collection is closed.
    const media = { ...bytes, close: async () => undefined };
    const collection = await openCollection({ store, index: exactIndex, further: [PICTURES], media });
    return createEngine({
      collection,
      embedder: createBagEmbedder(),
      backend: "js",
      why: "test",
      media: fakePictures(),
    });
  };
});
