import { MINILM_SPACE } from "@pipit/core";
import { createStarterEmbedder } from "@pipit/starter";
import starterFile from "@pipit/starter/starter.pipit";
import search from "@pipit/wasm/search-relaxed.wasm";
import { Lineup } from "./lineup.ts";
import { createWorker } from "./worker.ts";

/** The Cloudflare door: D1 for entries and vectors, R2 for snapshots, search in WASM, the starter for a model. */
export default createWorker({ search, loadModels });

async function loadModels(): Promise<Lineup> {
  const models = new Lineup(MINILM_SPACE, ["starter"]);
  const embedder = createStarterEmbedder(new Uint8Array(starterFile), MINILM_SPACE);
  models.set("starter", {
    state: "ready",
    embedder,
    backend: "js",
    why: "it fits into an isolate and answers at once",
  });
  return models;
}
