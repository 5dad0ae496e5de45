/// <reference types="node" />
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { ThreadPool } from "./graph/thread-pool.ts";

// Compiled or from source, the member's script is beside this file with the same ending.
const MEMBER = new URL(`./node-graph-member.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`, import.meta.url);

/** A pool of Node's threads. They do not keep the process alive. */
export function nodeGraphPool(size: number): ThreadPool {
  return {
    size,
    startThread: async (workerData) => {
      const worker = new Worker(MEMBER, { workerData });
      await once(worker, "message");
      worker.unref();
    },
  };
}
