/// <reference types="node" />
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Crew } from "./graph/crew.ts";

// Compiled and from source the member lies beside this file, under this file's own ending.
const MEMBER = new URL(`./node-crew-member.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`, import.meta.url);

/** A crew of Node's threads. They do not keep the process alive. */
export function nodeCrew(size: number): Crew {
  return {
    size,
    enlist: async (workerData) => {
      const worker = new Worker(MEMBER, { workerData });
      await once(worker, "message");
      worker.unref();
    },
  };
}
