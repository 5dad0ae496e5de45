import { type EmbedderChoice, MINILM_MODEL, MINILM_SPACE, readTokenProjection } from "@pipit/core";
import { createStarterEmbedder } from "@pipit/starter";
import starterFile from "@pipit/starter/starter.pipit";
import encoder from "@pipit/wasm/encoder-maddubs.wasm";
import exact from "@pipit/wasm/exact-relaxed.wasm";
import projectionFile from "@pipit/wasm/minilm-tokens.pipit";
import search from "@pipit/wasm/search-relaxed.wasm";
import tokens from "@pipit/wasm/tokens-simd.wasm";
import { ModelStates } from "./app/model-states.ts";
import type { WorkerBindings } from "./cloudflare/cloudflare-bindings.ts";
import { storedModel } from "./cloudflare/stored-model.ts";
import { createWorker } from "./worker.ts";

/**
 * The entry for Cloudflare Workers: D1 for entries and vectors, R2 for snapshots, search in WASM. The model is the starter, and MiniLM
 * if R2 or KV holds it.
 *
 * An isolate's clock stands still while it computes, so a probe cannot choose the encoder's build there. This build is always nearly
 * the fastest.
 */
export default createWorker({ exact, search, tokens, loadModels });

async function loadModels(env: WorkerBindings): Promise<ModelStates> {
  const models = new ModelStates(MINILM_SPACE, ["starter", MINILM_SPACE.name]);
  models.set("starter", { state: "ready", ...starter() });
  const projection = readTokenProjection(new Uint8Array(projectionFile));
  models.set(MINILM_SPACE.name, await storedModel(MINILM_MODEL, { module: encoder, projection, env }));
  return models;
}

function starter(): EmbedderChoice {
  const embedder = createStarterEmbedder(new Uint8Array(starterFile), MINILM_SPACE);
  return { embedder, backend: "js", why: "it fits into an isolate and answers at once" };
}
