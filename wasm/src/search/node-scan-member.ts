/// <reference types="node" />
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { type ScanNotice, serveScans } from "./exact/serve-scans.ts";
import type { ScanMemberData } from "./node-scan-pool.ts";

const { number, control } = workerData as ScanMemberData;

serveScans({ number, control, notices });

function* notices(): Generator<ScanNotice> {
  for (let next = receiveMessageOnPort(parentPort!); next; next = receiveMessageOnPort(parentPort!)) yield next.message;
}
