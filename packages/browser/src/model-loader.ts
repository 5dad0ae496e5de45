import {
  type BatchModel,
  cacheEmbeddings,
  createLane,
  createOnnxTextModel,
  type EmbedderChoice,
  type Golden,
  isPipitError,
  type ModelVariant,
  openModelFiles,
  proveModel,
  type TextModelSpec,
} from "@pipit/core";
import { openIdbBytes } from "./idb-bytes.ts";
import { cachedSource } from "./model-cache.ts";
import { assertOrtUrl, type OnnxDevice, openOnnxRuntime, whyNoWebGpu } from "./onnx.ts";
import type { OpenRequest } from "./protocol.ts";
import { SharedLoads } from "./shared-load.ts";
import type { ImproveOptions } from "./tab-engine.ts";

const CACHE_BYTES = 64 * 1024 * 1024;

export interface LoaderModel {
  readonly spec: TextModelSpec;
  /** What the model answers in fp32, to prove each device by. */
  readonly golden: Golden;
  /** Opens the runtime of a device; ONNX Runtime for the web unless told. */
  readonly runtime?: typeof openOnnxRuntime;
}

/** Best first: fp32 belongs on the GPU, int8 on the CPU; the other way round each is slow or wrong. */
const CHOICES: readonly { readonly device: OnnxDevice; readonly variant: ModelVariant }[] = [
  { device: "webgpu", variant: "fp32" },
  { device: "wasm", variant: "q8" },
  { device: "wasm", variant: "fp32" },
];

type Choice = (typeof CHOICES)[number];
type Better = EmbedderChoice | { readonly none: string };

/**
 * Loads a model on the best device that proves to compute it right, once a worker. A device that is missing, that fails or whose
 * numbers are wrong is passed over, and `why` tells so. Rejects only with `aborted` and `bad-input`.
 */
export function createModelLoader(model: LoaderModel) {
  const loads = new SharedLoads<EmbedderChoice>();
  return async (request: OpenRequest, options: ImproveOptions): Promise<Better> => {
    if (!request.models) return { none: "no address of model files was given" };
    const ortUrl = assertOrtUrl(request.ortUrl);
    const source = { models: request.models, ortUrl, webgpu: request.webgpu ?? "hardware" };
    try {
      return await loads.get(JSON.stringify(source), options, (shared) => loadBest({ ...model, ...source }, shared));
    } catch (error) {
      if (error instanceof NoneProven) return { none: error.message };
      throw error;
    }
  };
}

/** Thrown inside the loader, so that a failed load is dropped and the next call tries again. */
class NoneProven extends Error {}

interface Load extends LoaderModel {
  readonly models: string;
  readonly ortUrl: string;
  readonly webgpu: "hardware" | "any" | "never";
}

async function loadBest(load: Load, options: ImproveOptions): Promise<EmbedderChoice> {
  const reasons: string[] = [];
  for (const choice of CHOICES.filter(({ variant }) => load.spec.variants[variant])) {
    const why = await whyNot(choice, load);
    if (why) {
      reasons.push(why);
      continue;
    }
    const loaded = await prove(load, choice, options);
    if (typeof loaded !== "string") return choose(loaded, choice, reasons);
    reasons.push(`${choice.device} ${choice.variant}: ${loaded}`);
  }
  throw new NoneProven(reasons.join("; "));
}

async function whyNot({ device }: Choice, { webgpu }: Load): Promise<string | undefined> {
  return device === "webgpu" ? whyNoWebGpu(webgpu) : undefined;
}

interface Proven {
  readonly model: BatchModel;
  readonly why: string;
}

/** The model with its proof, or why it is not to be used. */
async function prove(load: Load, choice: Choice, { signal, onProgress }: ImproveOptions): Promise<Proven | string> {
  try {
    const model = await open(load, choice, { signal, onProgress });
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

async function open(load: Load, { device, variant }: Choice, { signal, onProgress }: ImproveOptions) {
  const files = await openModelFiles(
    [cachedSource(load.models)],
    { spec: load.spec, variant },
    {
      signal,
      onProgress: ({ bytesDone, bytesTotal }) =>
        onProgress?.({ stage: "download", done: bytesDone, total: bytesTotal }),
      digest: async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)),
    },
  );
  const runtime = await (load.runtime ?? openOnnxRuntime)(device, load.ortUrl);
  const session = { executionProviders: [device], logSeverityLevel: 3 } as const;
  return createOnnxTextModel({ runtime, spec: load.spec, variant, files, session });
}

async function choose({ model, why }: Proven, { device }: Choice, reasons: readonly string[]): Promise<EmbedderChoice> {
  const lane = createLane(model);
  const store = await openIdbBytes({ name: "embeddings", maxBytes: CACHE_BYTES }).catch(() => undefined);
  const embedder = store ? cacheEmbeddings(lane, { store, device }) : lane;
  const passedOver = reasons.length > 0 ? ` (${reasons.join("; ")})` : "";
  return { embedder, backend: device, why: `${model.producer.name} proven on ${device}: ${why}${passedOver}` };
}
