import { transfer } from "comlink";
import { carryErrorsWhole } from "./protocol.ts";
import type { TabEngine, TabOptions } from "./tab-engine.ts";
import { TabWorker } from "./tab-worker.ts";
import { Twin } from "./twin.ts";

export type * from "./tab-engine.ts";

const ownWorker = () => new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
const workers = new Map<() => Worker, TabWorker>();

carryErrorsWhole();

/** Opens a collection in this tab's worker, starting the worker when it is the first. Fails as `TabEngine` does. */
export async function openTabEngine({ createWorker = ownWorker, ...request }: TabOptions): Promise<TabEngine> {
  const twin = new Twin(workerOf(createWorker), request);
  try {
    await twin.open();
  } catch (error) {
    await twin.close().catch(() => undefined);
    throw error;
  }
  return twin;
}

/** Marks a query vector as given up: it is moved to the worker instead of copied, and is empty afterwards. */
export function giveUp(vector: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  return transfer(vector, [vector.buffer]);
}

function workerOf(createWorker: () => Worker): TabWorker {
  const known = workers.get(createWorker);
  if (known) return known;
  const fresh = new TabWorker(createWorker);
  workers.set(createWorker, fresh);
  return fresh;
}
