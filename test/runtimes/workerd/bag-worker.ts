import { cacheEmbeddings, contentOf, createLane, createMemoryBytes } from "@pipit/core";
import { createWorker, ModelStates, type WorkerBindings, type WorkerContext } from "@pipit/edge/worker";
import exact from "@pipit/wasm/exact-relaxed.wasm";
import search from "@pipit/wasm/search-relaxed.wasm";
import { BAG_SPACE, createBagEmbedder } from "../../fixtures/bag-embedder.ts";
import { cutOff } from "./cut-off-worker.ts";

/** The Cloudflare Worker with a bag of words as its model. */
export function createBagWorker(cutOffMs = 5000) {
  return createWorker({ exact, search, loadModels: async () => bagModels(cutOffMs), cutOffMs });
}

/** In a lane and behind a cache, like MiniLM, and slowed down like a real model. */
function bagModels(cutOffMs: number) {
  const models = new ModelStates(BAG_SPACE, ["bag"]);
  const bag = createBagEmbedder();
  const lane = createLane(
    {
      ...bag,
      tokens: undefined,
      batchShape: { maxRows: 4, maxTokens: 200 },
      modality: "text",
      cost: (piece) => bag.window!.count(contentOf(piece)),
      run: async (pieces) => {
        await new Promise<void>((resolve) => void setTimeout(resolve, 10));
        return bag.embed(pieces);
      },
    },
    { cutOffMs },
  );
  const embedder = cacheEmbeddings(lane, { store: createMemoryBytes({ maxBytes: 1_000_000 }), cutOffMs });
  models.set("bag", { state: "ready", embedder, backend: "js", why: "the test asks for it" });
  return models;
}

const kept = createBagWorker();
const short = cutOff(createBagWorker(400));

/** Requests to the host cut-off.test are cut off when their callers leave; all others are completed. */
export default {
  fetch(request: Request, env: WorkerBindings, context: WorkerContext): Promise<Response> {
    const { hostname } = new URL(request.url);
    return (hostname === "cut-off.test" ? short : kept).fetch(request, env, context);
  },
};
