import type { OpenAPIHono } from "@hono/zod-openapi";
import { checkedLanguage, Turns } from "@pipit/core";
import { createAdaptive, createHnsw, openTokenScorer } from "@pipit/wasm";
import { accessOptions } from "./app/access/access-options.ts";
import { accessPolicy } from "./app/access/access-policy.ts";
import type { ModelStates } from "./app/model-states.ts";
import { Registry } from "./app/registry.ts";
import { sqlCollections } from "./app/sql-collections.ts";
import { createApp } from "./app.ts";
import type { WorkerBindings, WorkerContext } from "./cloudflare/cloudflare-bindings.ts";
import { openD1 } from "./cloudflare/d1.ts";
import { Background } from "./cloudflare/isolate/background.ts";
import { CUT_OFF_MS } from "./cloudflare/isolate/cut-off.ts";
import { createR2Bytes } from "./cloudflare/r2-bytes.ts";

export { ModelStates } from "./app/model-states.ts";
export type { WorkerBindings, WorkerContext } from "./cloudflare/cloudflare-bindings.ts";
export { openD1 } from "./cloudflare/d1.ts";
export { createR2Bytes } from "./cloudflare/r2-bytes.ts";
export { keyOf, openStored, type StoredModelOptions } from "./cloudflare/stored-model.ts";
export { openSqlStore } from "./sql/sql-store.ts";

export interface WorkerParts {
  /** The compiled scan and the compiled graph: an isolate may not compile from bytes. */
  readonly exact: WebAssembly.Module;
  readonly search: WebAssembly.Module;
  /** The compiled scorer of token vectors. Without it hits are not compared by their tokens. */
  readonly tokens?: WebAssembly.Module | undefined;
  readonly loadModels: (env: WorkerBindings) => Promise<ModelStates>;
  readonly version?: string | undefined;
  /** Milliseconds without a step after which another request takes over the work of a request. Default 3,000. */
  readonly cutOffMs?: number | undefined;
}

export interface FetchHandler {
  fetch(request: Request, env: WorkerBindings, context: WorkerContext): Promise<Response>;
}

const QUIET_MS = 500;

/** Opening reads a model of some megabytes without a step in between, so it has this many times the limit. */
const OPENING_CUT_OFFS = 5;

/**
 * The app as a Worker. Engines stay open until the isolate ends; writes of other isolates are seen at the next search.
 *
 * All requests of an isolate share its memory, but the I/O of a request ends with the request. Therefore no request awaits a promise
 * of another one: each takes its turn and does the remaining work.
 */
export function createWorker(parts: WorkerParts): FetchHandler {
  const { cutOffMs = CUT_OFF_MS } = parts;
  const opening = new Turns({ cutOffMs: cutOffMs * OPENING_CUT_OFFS });
  const background = new Background();
  let app: OpenAPIHono | undefined;

  const opened = async (env: WorkerBindings) => {
    if (app) return app;
    return opening.take(async () => {
      app ??= await openApp({ ...parts, cutOffMs }, env, background);
      return app;
    });
  };

  return {
    async fetch(request, env, context) {
      const answer = opened(env).then((app) => app.fetch(request, env));
      // Work of this request continues to its end, although its caller may have gone.
      context.waitUntil(answer.catch(() => undefined).then(() => background.ended()));
      return answer;
    },
  };
}

async function openApp(parts: WorkerParts, env: WorkerBindings, background: Background): Promise<OpenAPIHono> {
  const { exact, search, tokens, loadModels, version = "0.1.0", cutOffMs } = parts;
  const database = await openD1(env.DB);
  const models = await loadModels(env);
  const snapshots = env.SNAPSHOTS && createR2Bytes(env.SNAPSHOTS);
  const { hosts = [], ...access } = accessOptions(env);
  // Cloudflare routes only requests for the Worker's own names; a list narrows them further.
  const policy = await accessPolicy({ ...access, hosts: hosts.length > 0 ? hosts : undefined }, "missing");
  const index = createAdaptive({ exact, graphs: async (options) => createHnsw(search, options) });
  const language = checkedLanguage(env.PIPIT_LANGUAGE || "en", "PIPIT_LANGUAGE");
  const scorer = tokens && openTokenScorer(tokens);
  const lived = { keepAlive: background.begin, cutOffMs };
  const collections = new Registry({
    database,
    models,
    openCollection: sqlCollections({ database, snapshots, index, scorer, language, quietMs: QUIET_MS, ...lived }),
    // Engines are never closed when idle: closing saves a snapshot, and no request would wait for that.
    mostOpen: Number.POSITIVE_INFINITY,
    ...lived,
  });
  return createApp({ version, runtime: "workers", collections, models, access: policy });
}
