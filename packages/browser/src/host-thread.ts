import type { Endpoint } from "comlink";

/** The page's end of a host, whatever thread it runs on. */
export interface HostThread {
  readonly endpoint: Endpoint;
  /** Ends the host and all it holds. */
  end(): void;
}

export function workerThread(worker: Worker): HostThread {
  return { endpoint: worker, end: () => worker.terminate() };
}
