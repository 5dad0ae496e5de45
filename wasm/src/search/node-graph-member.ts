/// <reference types="node" />
import { parentPort, workerData } from "node:worker_threads";
import { servePool } from "./graph/thread-pool.ts";

servePool(workerData, () => parentPort?.postMessage("ready"));
