import { createWorker, Lineup } from "@pipit/edge/worker";
import search from "@pipit/wasm/search-relaxed.wasm";
import { BAG_SPACE, createBagEmbedder } from "../../fixtures/bag-embedder.ts";

/** The Cloudflare door with the bag of words for a model: true but for the meaning. */
export default createWorker({
  search,
  async loadModels() {
    const models = new Lineup(BAG_SPACE, ["bag"]);
    const embedder = createBagEmbedder();
    models.set("bag", { state: "ready", embedder, backend: "js", why: "the test asks for it" });
    return models;
  },
});
