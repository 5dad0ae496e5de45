import type { Endpoint } from "comlink";

/** The page's connection to a host, in a worker or on the page's own thread. */
export interface HostThread {
  readonly endpoint: Endpoint;
  /** Ends the host and drops its memory. */
  end(): void;
}

export function workerThread(worker: Worker): HostThread {
  return { endpoint: worker, end: () => worker.terminate() };
}
