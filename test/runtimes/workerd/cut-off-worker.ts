import type { FetchHandler, WorkerBindings } from "@pipit/edge/worker";

const pause = (milliseconds: number) => new Promise<void>((resolve) => void setTimeout(resolve, milliseconds));

/**
 * Simulates a runtime that ends all work of a request when its caller leaves, as Cloudflare does when a request has used its time. Calls
 * of the database are slow, as in that runtime, so that callers leave in the middle of calls.
 */
export function cutOff(worker: FetchHandler): FetchHandler {
  let far: WorkerBindings | undefined;
  return {
    fetch(request, env) {
      far ??= { ...env, DB: farAway(env.DB) };
      return worker.fetch(request, far, { waitUntil: () => undefined });
    },
  };
}

function farAway(database: WorkerBindings["DB"]): WorkerBindings["DB"] {
  return {
    prepare: (sql) => database.prepare(sql),
    async batch<Row>(statements: Parameters<WorkerBindings["DB"]["batch"]>[0]) {
      await pause(5);
      const rows = await database.batch<Row>(statements);
      await pause(5);
      return rows;
    },
  };
}
