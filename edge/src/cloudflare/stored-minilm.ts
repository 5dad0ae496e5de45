import {
  assertProven,
  type BatchModel,
  cacheEmbeddings,
  createKernelTextModel,
  createLane,
  createMemoryBytes,
  isPipitError,
  MINILM,
  MINILM_GOLDEN,
  PipitError,
} from "@pipit/core";
import { type EncoderBytes, openEncoder } from "@pipit/wasm";
import type { ModelState } from "../app/model-states.ts";
import type { WorkerBindings } from "./cloudflare-bindings.ts";
import { CUT_OFF_MS } from "./isolate/cut-off.ts";
import { piecesOf } from "./stream-pieces.ts";

/** Keys are those of a mirror folder: `all-MiniLM-L6-v2/tokenizer.json` and `all-MiniLM-L6-v2/pipit/encoder.pipit`. */
export const MODELS_FOLDER = "all-MiniLM-L6-v2";

/** Some 2,500 vectors: an isolate has 128 MB for all. */
const CACHE_BYTES = 4 * 1024 * 1024;

type Bindings = Pick<WorkerBindings, "MODELS" | "MODELS_KV">;

/** The state of MiniLM in a Worker with these bindings. Never rejects. */
export async function storedMinilm(module: WebAssembly.Module, env: Bindings): Promise<ModelState> {
  if (!env.MODELS && !env.MODELS_KV) return { state: "absent", why: "neither MODELS nor MODELS_KV is bound" };
  try {
    const { model, why } = await openStoredMinilm(module, env);
    const lane = createLane(model, { cutOffMs: CUT_OFF_MS });
    const store = createMemoryBytes({ maxBytes: CACHE_BYTES });
    const embedder = cacheEmbeddings(lane, { store, cutOffMs: CUT_OFF_MS });
    return { state: "ready", embedder, backend: "wasm", why };
  } catch (error) {
    const state = isPipitError(error, "model-unavailable") ? "absent" : "failed";
    return { state, why: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * MiniLM in the encoder kernel, from R2 or KV. The packed file is streamed into the kernel's memory, so that an isolate holds it
 * once. Its checksums are verified there, and its vectors against golden vectors. Fails with `model-unavailable` if the file is
 * missing, `bad-model`, `numbers-not-proven`.
 */
export async function openStoredMinilm(
  module: WebAssembly.Module,
  env: Bindings,
): Promise<{ readonly model: BatchModel; readonly why: string }> {
  const tokenizer = await whole(await read(env, MINILM.tokenizer.path));
  const encoder = await openEncoder(module, await read(env, MINILM.variants.packed!.weights.path), {
    cutOffMs: CUT_OFF_MS,
  });
  const model = createKernelTextModel({ encoder, spec: MINILM, tokenizer });
  const { why } = await assertProven(model, MINILM_GOLDEN);
  return { model, why };
}

type Stream = Exclude<EncoderBytes, Uint8Array>;

async function read({ MODELS, MODELS_KV }: Bindings, path: string): Promise<Stream> {
  const key = `${MODELS_FOLDER}/${path}`;
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
