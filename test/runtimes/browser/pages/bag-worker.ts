import { serveTab } from "@pipit/browser/host";
import { exactIndex } from "@pipit/core";
import { createBagEmbedder } from "../../../fixtures/bag-embedder.ts";

serveTab({
  first: async () => ({ embedder: createBagEmbedder(), backend: "js", why: "tests need no weights" }),
  better: async () => ({ none: "this worker has one model" }),
  index: async () => exactIndex,
});
