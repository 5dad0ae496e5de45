/// <reference types="node" />
import { parentPort, workerData } from "node:worker_threads";
import { serveCrew } from "./graph/crew.ts";

serveCrew(workerData, () => parentPort?.postMessage("ready"));
