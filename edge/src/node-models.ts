import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import {
  assertProven,
  cacheEmbeddings,
  createLane,
  createMemoryBytes,
  createOnnxTextModel,
  type EmbedderChoice,
  MINILM,
  MINILM_GOLDEN,
  MINILM_SPACE,
  openModelFiles,
  PipitError,
} from "@pipit/core";
import { createStarterEmbedder } from "@pipit/starter";
import { Lineup } from "./lineup.ts";
import { type ModelPlace, modelSource } from "./model-sources.ts";

export const STARTER = "starter";
export const MINILM_NAME = "all-MiniLM-L6-v2";

/** Some 40,000 vectors: what people ask again, and texts that come again unchanged. */
const CACHE_BYTES = 64 * 1024 * 1024;

export interface LoadingModels {
  readonly models: Lineup;
  /** Resolves when every model is ready or known to be absent; never rejects, the lineup tells. */
  readonly settled: Promise<void>;
}

/** The starter answers at once; MiniLM takes over when it is loaded, if a place has it. */
export function loadModels(places: readonly ModelPlace[], signal: AbortSignal): LoadingModels {
  const models = new Lineup(MINILM_SPACE, [STARTER, MINILM_NAME]);
  const settled = Promise.all([
    load(models, STARTER, openStarter),
    places.length > 0
      ? load(models, MINILM_NAME, () => openMinilm(places, signal))
      : models.set(MINILM_NAME, { state: "absent", why: "no folder or URL is named in PIPIT_MODELS" }),
  ]);
  return { models, settled: settled.then(() => undefined) };
}

async function load(models: Lineup, name: string, open: () => Promise<EmbedderChoice>): Promise<void> {
  try {
    models.set(name, { state: "ready", ...(await open()) });
  } catch (error) {
    const state = error instanceof PipitError && error.code === "model-unavailable" ? "absent" : "failed";
    models.set(name, { state, why: error instanceof Error ? error.message : String(error) });
  }
}

async function openStarter(): Promise<EmbedderChoice> {
  const path = fileURLToPath(import.meta.resolve("@pipit/starter/starter.pipit"));
  if (!existsSync(path)) throw starterMissing();
  const embedder = createStarterEmbedder(await readFile(path), MINILM_SPACE);
  return { embedder, backend: "js", why: "it ships inside and answers at once" };
}

async function openMinilm(places: readonly ModelPlace[], signal: AbortSignal): Promise<EmbedderChoice> {
  const digest = async (bytes: Uint8Array) =>
    new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
  const files = await openModelFiles(places.map(modelSource), { spec: MINILM, variant: "q8" }, { digest, signal });
  // Loaded late: the native library takes its time, and a server without models has no use for it.
  const runtime = await import("onnxruntime-node");
  const model = await createOnnxTextModel({ runtime, spec: MINILM, variant: "q8", files });
  const { why } = await assertProven(model, MINILM_GOLDEN, signal);
  const embedder = cacheEmbeddings(createLane(model), { store: createMemoryBytes({ maxBytes: CACHE_BYTES }) });
  return { embedder, backend: "native cpu", why: `its files were found in PIPIT_MODELS; ${why}` };
}

function starterMissing(): PipitError {
  return new PipitError("model-unavailable", {
    got: "no file starter.pipit",
    expected: "the starter's weights beside its package",
    do: "Run `npm run build`, or take a complete checkout.",
  });
}
