import { EngineProxy } from "./engine-proxy.ts";
import { warnOfLimit } from "./limit.ts";
import { carryErrorsWhole, type OpenRequest } from "./protocol.ts";
import { hostIn, ownHost } from "./start-host.ts";
import type { TabEngine, TabOptions } from "./tab-engine.ts";
import { TabWorker } from "./tab-worker.ts";

export { explained } from "./explained.ts";
export { giveUp } from "./give-up.ts";
export type * from "./tab-engine.ts";
export { usableLocks } from "./usable-locks.ts";

const workers = new Map<(() => Worker) | undefined, TabWorker>();

carryErrorsWhole();

/**
 * Opens a collection in this tab's worker; the first call starts the worker. On a page that may not start a worker, the same host runs on
 * the page's own thread. Fails as `TabEngine` does.
 */
export async function openTabEngine({ createWorker, onLimit, ...request }: TabOptions): Promise<TabEngine> {
  const worker = workerOf(createWorker);
  const proxy = new EngineProxy({ worker, request: withWholeUrls(request), onLimit: onLimit ?? warnOfLimit });
  try {
    await proxy.open();
  } catch (error) {
    await proxy.close().catch(() => undefined);
    throw error;
  }
  return proxy;
}

// A worker resolves relative URLs against its own script; callers give them relative to their page.
function withWholeUrls(request: OpenRequest): OpenRequest {
  const whole = (url: string | undefined) => url && new URL(url, document.baseURI).href;
  const { starterUrl, models, ortUrl } = request;
  return { ...request, starterUrl: whole(starterUrl) ?? "", models: whole(models), ortUrl: whole(ortUrl) };
}

function workerOf(createWorker: (() => Worker) | undefined): TabWorker {
  const known = workers.get(createWorker);
  if (known) return known;
  const fresh = new TabWorker(createWorker ? hostIn(createWorker) : ownHost);
  workers.set(createWorker, fresh);
  return fresh;
}
