import {
  type BatchModel,
  cacheEmbeddings,
  createLane,
  type EmbedderChoice,
  isPipitError,
  proveModel,
} from "@pipit/core";
import { openIdbBytes } from "./idb-bytes.ts";
import { kernelProvider } from "./kernel-provider.ts";
import { cachedSource } from "./model-cache.ts";
import { onnxProvider } from "./onnx-provider.ts";
import type { OpenRequest } from "./protocol.ts";
import type { Load, LoaderModel, Provider } from "./provider.ts";
import { SharedLoads } from "./shared-load.ts";
import type { ImproveOptions } from "./tab-engine.ts";

const CACHE_BYTES = 64 * 1024 * 1024;

/** Best first: fp32 on the GPU, int8 on the CPU; fp32 is slow on the CPU, and int8 slow or wrong on the GPU. */
const PROVIDERS: readonly Provider[] = [
  onnxProvider("webgpu", "fp32"),
  kernelProvider,
  onnxProvider("wasm", "q8"),
  onnxProvider("wasm", "fp32"),
];

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
    const asked = { models, ortUrl, webgpu, threads };
    const load = (shared: ImproveOptions) => loadBest({ ...model, ...asked, source: cachedSource(models) }, shared);
    try {
      return await loads.get(JSON.stringify(asked), options, load);
    } catch (error) {
      if (error instanceof NoneProven) return { none: error.message };
      throw error;
    }
  };
}

/** Thrown inside the loader, so that a failed load is not kept and the next call tries again. */
class NoneProven extends Error {}

async function loadBest(load: Load, options: ImproveOptions): Promise<EmbedderChoice> {
  const reasons: string[] = [];
  for (const provider of PROVIDERS) {
    const why = await provider.whyNot(load);
    const loaded = why ?? (await prove(load, provider, options));
    if (typeof loaded !== "string") return choose(loaded, provider, reasons);
    reasons.push(`${provider.name}: ${loaded}`);
  }
  throw new NoneProven(reasons.join("; "));
}

interface Proven {
  readonly model: BatchModel;
  readonly why: string;
}

/** The model with its proof, or why it must not be used. */
async function prove(load: Load, provider: Provider, options: ImproveOptions): Promise<Proven | string> {
  const { signal, onProgress } = options;
  try {
    const model = await provider.open(load, options);
    onProgress?.({ stage: "prove", done: 0, total: 1 });
    const proof = await proveModel(model, load.golden, signal);
    onProgress?.({ stage: "prove", done: 1, total: 1 });
    if (proof.proven) return { model, why: proof.why };
    await model.close();
    return proof.why;
  } catch (error) {
    if (isPipitError(error, "aborted")) throw error;
    return error instanceof Error ? error.message : String(error);
  }
}

async function choose(
  { model, why }: Proven,
  { backend }: Provider,
  reasons: readonly string[],
): Promise<EmbedderChoice> {
  const lane = createLane(model);
  const store = await openIdbBytes({ name: "embeddings", maxBytes: CACHE_BYTES }).catch(() => undefined);
  const embedder = store ? cacheEmbeddings(lane, { store, device: backend }) : lane;
  const passedOver = reasons.length > 0 ? ` (${reasons.join("; ")})` : "";
  return { embedder, backend, why: `${model.producer.name} proven on ${backend}: ${why}${passedOver}` };
}
