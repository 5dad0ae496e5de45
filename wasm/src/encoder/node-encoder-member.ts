/// <reference types="node" />
import { parentPort } from "node:worker_threads";
import { serveEncoder } from "./encoder-pool-server.ts";

const port = parentPort!;
port.on(
  "message",
  serveEncoder((answer, transfer) => port.postMessage(answer, transfer)),
);
