import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Turns } from "@pipit/core";
import { loadIndex, loadTokenScorer } from "@pipit/wasm/node";
import type { Hono } from "hono";
import type { AccessPolicy } from "../../app/access/access-policy.ts";
import type { ModelState, ModelStates } from "../../app/model-states.ts";
import { Registry } from "../../app/registry.ts";
import { sqlCollections } from "../../app/sql-collections.ts";
import { createApi } from "../../app.ts";
import type { SqlDatabase } from "../../sql/sql-database.ts";
import { openFileBytes } from "../file-bytes.ts";
import { memoryBytes } from "../memory-bytes.ts";
import type { ModelRuntime } from "../models/model-runtime.ts";
import type { ModelPlace } from "../models/model-sources.ts";
import { loadModels } from "../models/node-models.ts";
import { sentenceOf } from "../sentence-of.ts";
import { openSqlite } from "../sqlite/sqlite.ts";
import { type ApiAnswer, type ApiRequest, answerOf } from "./api-request.ts";

// More threads would wait for memory bandwidth.
const MOST_SCAN_THREADS = 4;

export interface ApiHostOptions {
  /** An existing folder. */
  readonly dataFolder: string;
  readonly modelPlaces: readonly ModelPlace[];
  readonly runtimes: readonly ModelRuntime[];
  /** BCP 47 tag of the language of the entries. Default "en". */
  readonly language?: string | undefined;
  readonly version: string;
  readonly runtime: string;
  /** The policy for the key; the API description states whether callers need one. */
  readonly key: AccessPolicy["key"];
}

export interface ApiRoute {
  readonly method: string;
  readonly path: string;
}

/** The states of the models, for `/health` and the first line of a server's log. */
export interface ModelsReport {
  readonly states: readonly (readonly [name: string, model: Pick<ModelState, "state">])[];
  readonly summary: string;
  /** True once a model is ready, or all are known to be unavailable. */
  readonly settled: boolean;
}

/** Answers the API's requests in this thread (`openApiHost`) or in a worker thread (`ApiThread`). */
export interface ApiHost {
  readonly routes: readonly ApiRoute[];
  readonly models: ModelsReport;
  /** Resolves when a model is ready, or all are known to be unavailable. */
  whenSettled(): Promise<void>;
  /** Fails with `worker-died` if the thread ended before its answer. */
  answer(request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer>;
  /** Saves snapshots and closes the folder's files. */
  close(): Promise<void>;
}

export interface ApiHostParts {
  /** Replaces the starter and MiniLM. */
  readonly models?: ModelStates | undefined;
  readonly onModels?: ((report: ModelsReport) => void) | undefined;
}

/** Opens SQLite, snapshot files and models in this thread. The starter answers until MiniLM is loaded. */
export async function openApiHost(options: ApiHostOptions, parts: ApiHostParts = {}): Promise<ApiHost> {
  const database = await openSqlite(join(options.dataFolder, "pipit.sqlite"));
  try {
    return await openHostOver(database, options, parts);
  } catch (error) {
    // Its lock on the file would make the next try fail.
    await database.close();
    throw error;
  }
}

async function openHostOver(
  database: SqlDatabase,
  { dataFolder, modelPlaces, runtimes, language, version, runtime, key }: ApiHostOptions,
  { models: given, onModels }: ApiHostParts,
): Promise<ApiHost> {
  const snapshots = await openFileBytes(join(dataFolder, "snapshots"));
  const kept = await openFileBytes(join(dataFolder, "models"));
  const index = await loadIndex({ scanThreads: Math.min(MOST_SCAN_THREADS, availableParallelism()) });
  const scorer = await loadTokenScorer();
  const ending = new AbortController();
  const { models, settled } = given
    ? { models: given, settled: Promise.resolve() }
    : loadModels({ places: modelPlaces, kept, runtimes }, ending.signal);
  const openCollection = sqlCollections({
    ...{ database, snapshots, index, scorer, language },
    onSnapshotError: tellOfSnapshot,
  });
  const collections = new Registry({ database, models, openCollection });
  const api = createApi({ version, runtime, collections, models, memoryBytes, longAnswers: new Turns() }, key);

  let isSettled = false;
  const report = () => ({ states: models.all(), summary: models.summary(), settled: isSettled });
  const answering = Promise.race([settled, models.whenReady()]).then(() => {
    isSettled = true;
    onModels?.(report());
    // Runs in the background: `/ready` reports the progress.
    void collections.openAhead();
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

/** Logs it: each start takes longer until the cause is mended. A snapshot newer than its database means that writes are missing. */
function tellOfSnapshot(error: unknown): void {
  console.error(`a snapshot was not used or not saved: ${sentenceOf(error) ?? error}`);
}

/** Routes with a method; middleware is listed under "ALL". */
function routesOf({ routes }: Pick<Hono, "routes">): ApiRoute[] {
  return routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => ({ method, path }));
}
