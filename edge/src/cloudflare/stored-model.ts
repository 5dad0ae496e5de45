import {
  cacheEmbeddings,
  createKernelTextModel,
  createLane,
  createMemoryBytes,
  folderOf,
  isPipitError,
  type LoadableModel,
  type ModelProvider,
  PipitError,
  type ProvenModel,
  provenModels,
  type TextModelSpec,
  type TokenProjection,
  whyProven,
} from "@pipit/core";
import { type EncoderBytes, openEncoder } from "@pipit/wasm";
import type { ModelState } from "../app/model-states.ts";
import type { WorkerBindings } from "./cloudflare-bindings.ts";
import { CUT_OFF_MS } from "./isolate/cut-off.ts";
import { piecesOf } from "./stream-pieces.ts";

/** Enough for some 2,500 vectors; an isolate has 128 MB in total. */
const CACHE_BYTES = 4 * 1024 * 1024;

type Bindings = Pick<WorkerBindings, "MODELS" | "MODELS_KV">;

export interface StoredModelOptions {
  /** The compiled module of one build of the encoder. */
  readonly module: WebAssembly.Module;
  /** Makes token vectors of the model's hidden states. Default: none are made. */
  readonly projection?: TokenProjection | undefined;
  readonly env: Bindings;
}

/** The state of a model in a Worker with these bindings. Never rejects. */
export async function storedModel(model: LoadableModel, options: StoredModelOptions): Promise<ModelState> {
  const { MODELS, MODELS_KV } = options.env;
  if (!MODELS && !MODELS_KV) return { state: "absent", why: "neither MODELS nor MODELS_KV is bound" };
  try {
    const proven = await openStored(model, options);
    const lane = createLane(proven.model, { cutOffMs: CUT_OFF_MS });
    const store = createMemoryBytes({ maxBytes: CACHE_BYTES });
    const embedder = cacheEmbeddings(lane, { store, cutOffMs: CUT_OFF_MS });
    return { state: "ready", embedder, backend: proven.provider.backend, why: whyProven(proven) };
  } catch (error) {
    const state = isPipitError(error, "model-unavailable") ? "absent" : "failed";
    return { state, why: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * A model in the encoder kernel, from R2 or KV. The packed file is streamed into the kernel's memory, so that an isolate holds it
 * once. Its checksums are verified there, and its vectors against golden vectors. Fails with `model-unavailable` if a file is
 * missing, `bad-model`, `numbers-not-proven`.
 */
export async function openStored(
  { spec, golden }: LoadableModel,
  { module, projection, env }: StoredModelOptions,
): Promise<ProvenModel> {
  const provider: ModelProvider = {
    name: "wasm kernel",
    backend: "wasm",
    async open() {
      const tokenizer = await whole(await read(env, keyOf(spec, spec.tokenizer.path)));
      const packed = await read(env, keyOf(spec, spec.variants.packed!.weights.path));
      const encoder = await openEncoder(module, packed, { projection, cutOffMs: CUT_OFF_MS });
      return createKernelTextModel({ encoder, spec, tokenizer });
    },
  };
  const { proven, skipped } = await provenModels([provider], golden);
  if (proven[0]) return proven[0];
  throw skipped[0]!.error;
}

/** The key of one of a model's files in the bucket, as in a mirror folder: `all-MiniLM-L6-v2/tokenizer.json`. */
export function keyOf(spec: TextModelSpec, path: string): string {
  return `${folderOf(spec)}/${path}`;
}

type Stream = Exclude<EncoderBytes, Uint8Array>;

async function read({ MODELS, MODELS_KV }: Bindings, key: string): Promise<Stream> {
  const object = await MODELS?.get(key);
  if (object) return { bytes: object.size, pieces: piecesOf(object.body) };
  const value = await MODELS_KV?.get(key, "stream");
  if (value) return { pieces: piecesOf(value) };
  throw new PipitError("model-unavailable", {
    got: `no ${key} in R2 or KV`,
    expected: "the model's tokenizer and packed file",
    do: "Make the file with `pipit models pack` and put both into the bucket bound as MODELS, or the namespace bound as MODELS_KV.",
  });
}

async function whole({ pieces }: Stream): Promise<Uint8Array> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of pieces) parts.push(piece.slice());
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
