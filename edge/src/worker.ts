import type { OpenAPIHono } from "@hono/zod-openapi";
import { createAdaptive, createHnsw } from "@pipit/wasm";
import { accessOptions } from "./access/access-options.ts";
import { accessPolicy } from "./access/access-policy.ts";
import { createApp } from "./app.ts";
import type { WorkerBindings, WorkerContext } from "./cloudflare-bindings.ts";
import { openD1 } from "./d1.ts";
import type { Lineup } from "./lineup.ts";
import { createR2Bytes } from "./r2-bytes.ts";
import { Registry } from "./registry.ts";

export type { WorkerBindings } from "./cloudflare-bindings.ts";
export { openD1 } from "./d1.ts";
export { Lineup } from "./lineup.ts";
export { createR2Bytes } from "./r2-bytes.ts";
export { openSqlStore } from "./sql-store.ts";
export { MODELS_FOLDER, openStoredMinilm } from "./stored-minilm.ts";

export interface WorkerParts {
  /** The compiled scan and the compiled graph: an isolate may not compile from bytes. */
  readonly exact: WebAssembly.Module;
  readonly search: WebAssembly.Module;
  readonly loadModels: (env: WorkerBindings) => Promise<Lineup>;
  readonly version?: string | undefined;
}

export interface FetchHandler {
  fetch(request: Request, env: WorkerBindings, context: WorkerContext): Promise<Response>;
}

const QUIET_MS = 500;

/** The app as a Worker. What is opened is kept for the isolate's life; other isolates' writes are seen at the next search. */
export function createWorker(parts: WorkerParts): FetchHandler {
  let opening: Promise<OpenAPIHono> | undefined;

  const opened = (env: WorkerBindings) => {
    opening ??= openApp(parts, env).catch((error) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };

  return {
    async fetch(request, env, context) {
      const answer = opened(env).then((app) => app.fetch(request, env));
      // The next request waits for this one's turn: it must end even when its caller has gone.
      context.waitUntil(answer.then(() => lingering(request)).catch(() => undefined));
      return answer;
    },
  };
}

async function openApp({ exact, search, loadModels, version = "0.1.0" }: WorkerParts, env: WorkerBindings) {
  const database = await openD1(env.DB);
  const models = await loadModels(env);
  const snapshots = env.SNAPSHOTS && createR2Bytes(env.SNAPSHOTS);
  const { hosts = [], ...access } = accessOptions(env);
  // Cloudflare hands a Worker requests for its own names only; a list narrows them further.
  const policy = await accessPolicy({ ...access, hosts: hosts.length > 0 ? hosts : undefined }, "missing");
  const index = createAdaptive({ exact, graphs: async (options) => createHnsw(search, options) });
  // Closing saves a snapshot, for which no request waits.
  const mostOpen = Number.POSITIVE_INFINITY;
  const collections = new Registry({ database, snapshots, models, index, quietMs: QUIET_MS, mostOpen });
  return createApp({ version, runtime: "workers", collections, models, access: policy });
}

// A snapshot is saved when writes have been quiet for a while, which is after the answer to the last of them.
function lingering({ method }: Request): Promise<void> | undefined {
  return method === "GET" ? undefined : new Promise((resolve) => setTimeout(resolve, QUIET_MS * 4));
}
