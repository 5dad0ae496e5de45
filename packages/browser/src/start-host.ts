import { PipitError } from "@pipit/core";
import { type HostThread, workerThread } from "./host-thread.ts";
import { ownWorker, ownWorkerByBlob } from "./own-worker.ts";
import { policyAdvice, recordRefusals } from "./refusals.ts";
import type { Limit } from "./tab-engine.ts";
import { WorkerLife } from "./worker-life.ts";

type Way = () => HostThread | Promise<HostThread>;

/** A running host, and the limits under which it was started. */
export interface StartedHost {
  readonly life: WorkerLife;
  readonly limit?: Limit;
}

export type StartHost = () => Promise<StartedHost>;

/** Starts the host in a worker that the caller makes. Fails with `worker-died`. */
export function hostIn(makeWorker: () => Worker): StartHost {
  return async () => ({ life: await begin(() => workerThread(makeWorker())) });
}

const WORKERS: readonly Way[] = [() => workerThread(ownWorker()), () => workerThread(ownWorkerByBlob())];
// Loaded only if no worker starts, because it contains all code of the worker.
const onPage: Way = async () => (await import("./page-thread.ts")).pageThread();

/**
 * Starts the package's own host in a worker, or on the page's own thread if no worker may start. Fails with `worker-died` if its files
 * cannot be loaded; the next call tries all ways again.
 */
export const ownHost: StartHost = async () => {
  const refusals = recordRefusals();
  const failures: unknown[] = [];
  const attempt = (way: Way) => begin(way).catch((error) => void failures.push(error));
  try {
    for (const way of WORKERS) {
      const life = await attempt(way);
      if (life) return { life };
    }
    const life = await attempt(onPage);
    const advice = policyAdvice(await refusals.cures());
    if (life) return { life, limit: noWorker(failures, advice) };
    throw noHost(failures, advice);
  } finally {
    refusals.end();
  }
};

async function begin(way: Way): Promise<WorkerLife> {
  const life = new WorkerLife(await way());
  await life.start();
  return life;
}

const listed = (failures: readonly unknown[]) => failures.map(say).join("; then ");
const say = (failure: unknown) => (failure instanceof PipitError ? failure.got : String(failure));

function noWorker(failures: readonly unknown[], advice: string | undefined): Limit {
  return {
    what: "worker",
    got: `no worker starts on this page: ${listed(failures)}`,
    effect: "Search runs on the page's own thread, which it may hold for a moment.",
    do: advice ?? plainAdvice(),
  };
}

function plainAdvice(): string {
  // A sandboxed frame has an opaque origin, which no file has.
  if (globalThis.origin === "null") return "Add `allow-same-origin` to the attribute `sandbox` of this page's frame.";
  return "Serve the script's files from the page's own origin, all of them.";
}

function noHost(failures: readonly unknown[], advice: string | undefined): PipitError {
  return new PipitError("worker-died", {
    got: `no worker, and no host on the page's own thread: ${listed(failures)}`,
    expected: "one of them to start",
    do: advice ?? "Serve all files of the build, and keep those of the former build for pages that are still open.",
    cause: failures.at(-1),
  });
}
