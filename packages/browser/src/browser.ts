import { transfer } from "comlink";
import { carryErrorsWhole, type OpenRequest } from "./protocol.ts";
import type { TabEngine, TabOptions } from "./tab-engine.ts";
import { TabWorker } from "./tab-worker.ts";
import { Twin } from "./twin.ts";

export type * from "./tab-engine.ts";

const ownWorker = () => new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
const workers = new Map<() => Worker, TabWorker>();

carryErrorsWhole();

/** Opens a collection in this tab's worker, starting the worker when it is the first. Fails as `TabEngine` does. */
export async function openTabEngine({ createWorker = ownWorker, ...request }: TabOptions): Promise<TabEngine> {
  const twin = new Twin(workerOf(createWorker), withWholeUrls(request));
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

// A worker resolves URLs against its own script, callers mean their page.
function withWholeUrls(request: OpenRequest): OpenRequest {
  const whole = (url: string | undefined) => url && new URL(url, document.baseURI).href;
  const { starterUrl, models, ortUrl } = request;
  return { ...request, starterUrl: whole(starterUrl) ?? "", models: whole(models), ortUrl: whole(ortUrl) };
}

function workerOf(createWorker: () => Worker): TabWorker {
  const known = workers.get(createWorker);
  if (known) return known;
  const fresh = new TabWorker(createWorker);
  workers.set(createWorker, fresh);
  return fresh;
}
