import {
  cacheEmbeddings,
  createLane,
  type EmbedderChoice,
  type ProvenModel,
  provenModels,
  whyProven,
  whySkipped,
} from "@pipit/core";
import { openIdbBytes } from "./idb-bytes.ts";
import type { OpenRequest } from "./protocol.ts";
import { SharedLoads } from "./shared-load.ts";
import type { ImproveOptions } from "./tab-engine.ts";
import { type LoaderModel, type TabPlaces, tabProviders } from "./tab-providers.ts";

const CACHE_BYTES = 64 * 1024 * 1024;

type Better = EmbedderChoice | { readonly none: string };

/**
 * Loads a model on the best provider (backend and weights) that computes it correctly on this device, once a worker. A provider that is
 * missing, fails, or computes wrong numbers is skipped; `why` says so. Rejects only with `aborted`.
 */
export function createModelLoader(model: LoaderModel) {
  const loads = new SharedLoads<EmbedderChoice>();
  return async (request: OpenRequest, options: ImproveOptions): Promise<Better> => {
    const { models, ortUrl, webgpu = "hardware", threads } = request;
    if (!models) return { none: "no address of model files was given" };
    const places: TabPlaces = { models, ortUrl, webgpu, threads };
    try {
      return await loads.get(JSON.stringify(places), options, (shared) => loadBest(model, places, shared));
    } catch (error) {
      if (error instanceof NoneProven) return { none: error.message };
      throw error;
    }
  };
}

/** Thrown inside the loader, so that a failed load is not kept and the next call tries again. */
class NoneProven extends Error {}

async function loadBest(model: LoaderModel, places: TabPlaces, options: ImproveOptions): Promise<EmbedderChoice> {
  const { proven, skipped } = await provenModels(tabProviders(model, places), model.golden, options);
  const others = skipped.map(whySkipped);
  if (!proven[0]) throw new NoneProven(others.join("; "));
  return choose(proven[0], others);
}

async function choose(proven: ProvenModel, others: readonly string[]): Promise<EmbedderChoice> {
  const { backend } = proven.provider;
  const lane = createLane(proven.model);
  const store = await openIdbBytes({ name: "embeddings", maxBytes: CACHE_BYTES }).catch(() => undefined);
  const embedder = store ? cacheEmbeddings(lane, { store, device: backend }) : lane;
  return { embedder, backend, why: whyProven(proven, others) };
}
