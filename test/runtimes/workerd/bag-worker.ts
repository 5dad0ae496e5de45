import { createWorker, Lineup } from "@pipit/edge/worker";
import exact from "@pipit/wasm/exact-relaxed.wasm";
import search from "@pipit/wasm/search-relaxed.wasm";
import { BAG_SPACE, createBagEmbedder } from "../../fixtures/bag-embedder.ts";

/** The Cloudflare door with the bag of words for a model: true but for the meaning. */
export function createBagWorker() {
  return createWorker({ exact, search, loadModels: async () => bagModels() });
}

function bagModels() {
  const models = new Lineup(BAG_SPACE, ["bag"]);
  models.set("bag", { state: "ready", embedder: createBagEmbedder(), backend: "js", why: "the test asks for it" });
  return models;
}

export default createBagWorker();
