import {
  cacheEmbeddings,
  createLane,
  createMemoryBytes,
  type EmbedderChoice,
  isPipitError,
  MINILM_SPACE,
} from "@pipit/core";
import { createStarterEmbedder } from "@pipit/starter";
import starterFile from "@pipit/starter/starter.pipit";
import encoder from "@pipit/wasm/encoder-maddubs.wasm";
import exact from "@pipit/wasm/exact-relaxed.wasm";
import search from "@pipit/wasm/search-relaxed.wasm";
import type { WorkerBindings } from "./cloudflare-bindings.ts";
import { CUT_OFF_MS } from "./isolate/cut-off.ts";
import { Lineup, type ModelState } from "./lineup.ts";
import { MODELS_FOLDER, openStoredMinilm } from "./stored-minilm.ts";
import { createWorker } from "./worker.ts";

/**
 * The entry for Cloudflare Workers: D1 for entries and vectors, R2 for snapshots, search in WASM. The model is the starter, and MiniLM
 * if R2 or KV holds it.
 *
 * An isolate's clock stands still while it computes, so that no probe can choose the encoder's build. This build is always nearly
 * the fastest.
 */
export default createWorker({ exact, search, loadModels });

/** Some 2,500 vectors: an isolate has 128 MB for all. */
const CACHE_BYTES = 4 * 1024 * 1024;

async function loadModels(env: WorkerBindings): Promise<Lineup> {
  const models = new Lineup(MINILM_SPACE, ["starter", MODELS_FOLDER]);
  models.set("starter", { state: "ready", ...starter() });
  models.set(MODELS_FOLDER, await minilm(env));
  return models;
}

function starter(): EmbedderChoice {
  const embedder = createStarterEmbedder(new Uint8Array(starterFile), MINILM_SPACE);
  return { embedder, backend: "js", why: "it fits into an isolate and answers at once" };
}

async function minilm(env: WorkerBindings): Promise<ModelState> {
  if (!env.MODELS && !env.MODELS_KV) return { state: "absent", why: "neither MODELS nor MODELS_KV is bound" };
  try {
    const { model, why } = await openStoredMinilm(encoder, env);
    const lane = createLane(model, { cutOffMs: CUT_OFF_MS });
    const store = createMemoryBytes({ maxBytes: CACHE_BYTES });
    const embedder = cacheEmbeddings(lane, { store, cutOffMs: CUT_OFF_MS });
    return { state: "ready", embedder, backend: "wasm", why };
  } catch (error) {
    const state = isPipitError(error, "model-unavailable") ? "absent" : "failed";
    return { state, why: error instanceof Error ? error.message : String(error) };
  }
}
