import {
  type ByteStore,
  cacheEmbeddings,
  createLane,
  createMemoryBytes,
  type EmbedderChoice,
  MINILM_MODEL,
  MINILM_SPACE,
  PipitError,
} from "@pipit/core";
import { loadMinilmProjection } from "@pipit/wasm/node";
import { ModelStates } from "../../app/model-states.ts";
import { openStarterThreads } from "../host/starter-threads.ts";
import { sentenceOf } from "../sentence-of.ts";
import { openFastest } from "./fastest-model.ts";
import type { ModelRuntime } from "./model-runtime.ts";
import { type ModelPlace, modelSource, withoutPlaces } from "./model-sources.ts";
import { type NodeModel, nodeProviders } from "./node-providers.ts";

const STARTER = "starter";
const MINILM_NAME = MINILM_SPACE.name;

/** Enough for some 40,000 vectors, for repeated queries and texts. */
const CACHE_BYTES = 64 * 1024 * 1024;

export interface ModelOptions {
  readonly places: readonly ModelPlace[];
  /** Stores packed files and measured verdicts. */
  readonly kept: ByteStore;
  /** Runtimes that may compute the model. */
  readonly runtimes: readonly ModelRuntime[];
}

export interface LoadingModels {
  readonly models: ModelStates;
  /** Resolves when every model is ready or known to be unavailable. Never rejects: `models` has the reasons. */
  readonly settled: Promise<void>;
}

/** The starter answers at once. MiniLM replaces it after it is loaded, if a place has its files. */
export function loadModels(options: ModelOptions, signal: AbortSignal): LoadingModels {
  const models = new ModelStates(MINILM_SPACE, [STARTER, MINILM_NAME]);
  const settled = Promise.all([
    load(models, STARTER, { open: openStarter, places: [], signal }),
    options.places.length > 0
      ? load(models, MINILM_NAME, { open: () => loadMinilm(options, signal), places: options.places, signal })
      : models.set(MINILM_NAME, { state: "absent", why: "no folder or URL is named in PIPIT_MODELS" }),
  ]);
  return { models, settled: settled.then(() => undefined) };
}

interface Loading {
  readonly places: readonly ModelPlace[];
  readonly signal: AbortSignal;
  open(): Promise<EmbedderChoice>;
}

async function load(models: ModelStates, name: string, { open, places, signal }: Loading): Promise<void> {
  // Anyone may read the states of the models. Only the log has the locations of their files.
  const told = (text: string) => withoutPlaces(text, places);
  try {
    const choice = await open();
    models.set(name, { state: "ready", ...choice, why: told(choice.why) });
  } catch (error) {
    const isAbsent = error instanceof PipitError && error.code === "model-unavailable";
    if (!isAbsent && !signal.aborted) console.error(`the model ${name}:`, sentenceOf(error) ?? error);
    const why = told(error instanceof Error ? error.message : String(error));
    models.set(name, { state: isAbsent ? "absent" : "failed", why });
  }
}

async function openStarter(): Promise<EmbedderChoice> {
  return { embedder: await openStarterThreads(), backend: "js", why: "it ships inside and answers at once" };
}

const minilm: NodeModel = {
  ...MINILM_MODEL,
  recipe: async () => (await import("@pipit/wasm/pack")).MINILM_RECIPE,
  projection: loadMinilmProjection,
};

async function loadMinilm({ places, kept, runtimes }: ModelOptions, signal: AbortSignal): Promise<EmbedderChoice> {
  const from = { sources: places.map(modelSource), kept };
  const providers = new Map(runtimes.map((runtime) => [runtime, nodeProviders[runtime](minilm, from)]));
  const { model, backend, why } = await openFastest(providers, { golden: minilm.golden, kept, signal });
  const embedder = cacheEmbeddings(createLane(model), { store: createMemoryBytes({ maxBytes: CACHE_BYTES }) });
  return { embedder, backend, why };
}
