import { availableParallelism } from "node:os";
import { join } from "node:path";
import { loadIndex } from "@pipit/wasm/node";
import type { Hono } from "hono";
import type { AccessPolicy } from "../access/access-policy.ts";
import { createApi } from "../app.ts";
import { openFileBytes } from "../file-bytes.ts";
import type { Lineup, ModelState } from "../lineup.ts";
import { memoryBytes } from "../memory-bytes.ts";
import type { MinilmRuntime } from "../minilm.ts";
import type { ModelPlace } from "../model-sources.ts";
import { loadModels } from "../node-models.ts";
import { Registry } from "../registry.ts";
import { openSqlite } from "../sqlite.ts";
import { type ApiAnswer, type ApiRequest, answerOf } from "./api-request.ts";

// More of them wait for memory rather than for a core.
const MOST_SCAN_THREADS = 4;

export interface ApiHostOptions {
  /** A folder that is there. */
  readonly dataFolder: string;
  readonly modelPlaces: readonly ModelPlace[];
  readonly runtimes: readonly MinilmRuntime[];
  readonly version: string;
  readonly runtime: string;
  /** For the description: whether callers need a key. */
  readonly key: AccessPolicy["key"];
}

export interface ApiRoute {
  readonly method: string;
  readonly path: string;
}

/** How the models stand, for `/health` and the first line of a server's log. */
export interface ModelsReport {
  readonly states: readonly (readonly [name: string, model: Pick<ModelState, "state">])[];
  readonly summary: string;
  /** One answers, or none ever will. */
  readonly settled: boolean;
}

/** Answers the API's requests: in this thread (`openApiHost`), or in one of its own (`ApiThread`). */
export interface ApiHost {
  readonly routes: readonly ApiRoute[];
  readonly models: ModelsReport;
  /** Resolves when a model answers, or none ever will. */
  whenSettled(): Promise<void>;
  /** Fails with `worker-died` where the thread ended before its answer. */
  answer(request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer>;
  /** Saves what is derived and gives the folder back. */
  close(): Promise<void>;
}

export interface ApiHostParts {
  /** In place of the starter and MiniLM. */
  readonly models?: Lineup | undefined;
  readonly onModels?: ((report: ModelsReport) => void) | undefined;
}

/** SQLite for entries and vectors, snapshots in files, MiniLM on the CPU, the starter meanwhile; all in this thread. */
export async function openApiHost(
  options: ApiHostOptions,
  { models: given, onModels }: ApiHostParts = {},
): Promise<ApiHost> {
  const { dataFolder, modelPlaces, runtimes, version, runtime, key } = options;
  const database = await openSqlite(join(dataFolder, "pipit.sqlite"));
  const snapshots = await openFileBytes(join(dataFolder, "snapshots"));
  const kept = await openFileBytes(join(dataFolder, "models"));
  const ending = new AbortController();
  const { models, settled } = given
    ? { models: given, settled: Promise.resolve() }
    : loadModels({ places: modelPlaces, kept, runtimes }, ending.signal);
  const index = await loadIndex({ scanThreads: Math.min(MOST_SCAN_THREADS, availableParallelism()) });
  const collections = new Registry({ database, snapshots, models, index });
  const api = createApi({ version, runtime, collections, models, memoryBytes }, key);

  let isSettled = false;
  const report = () => ({ states: models.all(), summary: models.summary(), settled: isSettled || models.isReady() });
  const answering = Promise.race([settled, models.whenReady()]).then(() => {
    isSettled = true;
    onModels?.(report());
    // In the background: `/ready` tells how far it is, and what cannot be opened says why to whoever asks it.
    collections.openAhead().catch(() => undefined);
  });
  models.onChange(() => onModels?.(report()));

  return {
    routes: routesOf(api),
    get models() {
      return report();
    },
    whenSettled: () => answering,
    answer: (request, signal) => answerOf(api, request, signal),
    async close() {
      ending.abort();
      await collections.close();
      await settled;
      await models.close();
      await snapshots.close();
      await kept.close();
      await database.close();
    },
  };
}

/** Those of requests; what runs before them is among them too, under no method of its own. */
function routesOf({ routes }: Pick<Hono, "routes">): ApiRoute[] {
  return routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => ({ method, path }));
}
