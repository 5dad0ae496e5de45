/// <reference types="node" />
import { Worker } from "node:worker_threads";
import type { EncoderThreadPool, PoolListener, PoolThread } from "./encoder-pool-protocol.ts";

// Compiled or from source, the member's script is beside this file with the same ending.
const MEMBER = new URL(`./node-encoder-member.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`, import.meta.url);

/** A pool of Node's threads. They keep the process alive only while a call waits for them. */
export function nodeEncoderThreads(size: number): EncoderThreadPool {
  return { size, start };
}

function start({ answer, gone }: PoolListener): PoolThread {
  const worker = new Worker(MEMBER);
  worker.on("message", answer);
  worker.on("messageerror", (error) => gone(`an answer that cannot be read: ${error.message}`));
  worker.on("error", (error) => gone(`a thread that failed: ${error instanceof Error ? error.message : error}`));
  worker.on("exit", (code) => gone(`a thread that ended with code ${code}`));
  return {
    post: (request, transfer) => worker.postMessage(request, transfer),
    hold: () => worker.ref(),
    release: () => worker.unref(),
    end: () => void worker.terminate(),
  };
}
