import {
  type BatchModel,
  cacheEmbeddings,
  createLane,
  type Embedder,
  provenModels,
  reopeningModel,
  whyProven,
  whySkipped,
} from "@pipit/core";
import { openIdbBytes } from "./idb-bytes.ts";
import type { OpenRequest } from "./protocol.ts";
import { SharedLoads } from "./shared-load.ts";
import type { ImproveOptions } from "./tab-engine.ts";
import type { BetterModel } from "./tab-host.ts";
import { type LoaderModel, type TabPlaces, tabProviders } from "./tab-providers.ts";

const CACHE_BYTES = 64 * 1024 * 1024;

type Better = BetterModel | { readonly none: string };

/**
 * Loads a model on the best provider (backend and weights) that computes it correctly on this device, once per worker. A provider that is
 * missing, fails, or computes wrong numbers is skipped; `why` has the reasons. Rejects only with `aborted`.
 */
export function createModelLoader(model: LoaderModel) {
  const loads = new SharedLoads<BetterModel>();
  return async (request: OpenRequest, options: ImproveOptions): Promise<Better> => {
    const { models, ortUrl, webgpu = "hardware", threads } = request;
    if (!models) return { none: "no address of model files was given" };
    const places: TabPlaces = { models, ortUrl, webgpu, threads };
    const key = JSON.stringify(places);
    try {
      return await loads.get(key, options, (shared) =>
        loadBest({ model, places, onUnusable: () => loads.forget(key) }, shared),
      );
    } catch (error) {
      if (error instanceof NoneProven) return { none: error.message };
      throw error;
    }
  };
}

/** Thrown inside the loader, so that a failed load is not kept and the next call tries again. */
class NoneProven extends Error {}

interface Load {
  readonly model: LoaderModel;
  readonly places: TabPlaces;
  /** Called when the loaded model cannot compute any more: the next load tries all providers again. */
  onUnusable(): void;
}

async function loadBest({ model: loaded, places, onUnusable }: Load, options: ImproveOptions): Promise<BetterModel> {
  const { golden } = loaded;
  const { proven, skipped } = await provenModels(tabProviders(loaded, places), golden, options);
  const others = skipped.map(whySkipped);
  const [best] = proven;
  if (!best) throw new NoneProven(others.join("; "));
  const { backend } = best.provider;
  const why = whyProven(best, others);
  // Only a GPU is lost while its page lives.
  if (backend !== "webgpu") return { embedder: await cached(best.model, backend), backend, why };
  let tell = () => {};
  const unusable = new Promise<void>((resolve) => {
    tell = resolve;
  }).then(onUnusable);
  const model = reopeningModel(best, { golden, onUnusable: () => tell() });
  return { embedder: await cached(model, backend), backend, why, unusable };
}

async function cached(model: BatchModel, device: string): Promise<Embedder> {
  const lane = createLane(model);
  const store = await openIdbBytes({ name: "embeddings", maxBytes: CACHE_BYTES }).catch(() => undefined);
  return store ? cacheEmbeddings(lane, { store, device }) : lane;
}
