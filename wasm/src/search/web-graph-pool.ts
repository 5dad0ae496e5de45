import { PipitError } from "@pipit/core";
import { pickModule } from "../shared/pick-module.ts";
import { type MakeMember, memberWorker } from "../shared/web-member.ts";
import type { PoolMember, ThreadPool } from "./graph/thread-pool.ts";

/** A thread that has not answered by then will not: its script is missing, or the device is out of threads. */
const STARTING_MS = 10_000;

// Bundlers find and replace exactly this expression.
const ownMember: MakeMember = (Worker) =>
  new Worker(new URL("./web-graph-member.js", import.meta.url), { type: "module" });

/**
 * A pool of workers started by this one: at most `most` with it, and no more than the device has cores. Undefined if only one thread
 * is possible. They end with this worker, or when the index is closed.
 */
export function webPool(most: number): ThreadPool | undefined {
  const size = canShare() ? Math.min(most, navigator.hardwareConcurrency) : 1;
  return size > 1 ? { size, startThread: start } : undefined;
}

/** Only an isolated page can share memory, and only a worker may block. */
function canShare(): boolean {
  const isAlone = !globalThis.crossOriginIsolated || !("Worker" in globalThis) || !mayWait();
  return !isAlone && pickModule({ relaxed: true, simd: false });
}

// A window refuses even a wait of zero milliseconds.
function mayWait(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0);
    return true;
  } catch {
    return false;
  }
}

/** Resolves when the thread works. Fails with `worker-died`; then the worker is ended. */
async function start(member: PoolMember): Promise<void> {
  const worker = makeWorker();
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    await new Promise<void>((ready, failed) => {
      timer = setTimeout(() => failed(died(`no answer of a thread within ${STARTING_MS} ms`)), STARTING_MS);
      worker.onmessage = () => ready();
      worker.onerror = (event) => {
        // Otherwise it would count as an error of this worker too, which continues.
        event.preventDefault();
        failed(died(`a thread that failed: ${event.message ?? "its script did not load"}`));
      };
      worker.postMessage(member);
    });
  } catch (error) {
    worker.terminate();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function makeWorker(): Worker {
  try {
    return memberWorker(ownMember);
  } catch (cause) {
    throw died(`a thread that may not start: ${cause instanceof Error ? cause.message : cause}`, cause);
  }
}

function died(got: string, cause?: unknown): PipitError {
  return new PipitError("worker-died", {
    got,
    expected: "a worker to build with",
    do: "Serve web-graph-member.js with the application, or ask for one thread.",
    cause,
  });
}
