/// <reference types="node" />
import { Worker } from "node:worker_threads";
import type { ScanPool, SharedScan } from "./exact/scan-pool.ts";
import { CALLED_TO, type ScanNotice, SUMMONS } from "./exact/serve-scans.ts";

// Compiled or from source, the member's script is beside this file with the same ending.
const MEMBER = new URL(`./node-scan-member.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`, import.meta.url);

export interface ScanMemberData {
  readonly number: number;
  readonly control: Int32Array;
}

/**
 * A pool of Node's worker threads, `size` with the caller's. They start with the first scan that is large enough to be shared, and end
 * when no such scan is open. They do not keep the process alive. A thread that fails is not replaced; the others continue.
 */
export function nodeScanPool(size: number, limits: Pick<ScanPool, "patience" | "worth"> = {}): ScanPool {
  return new NodeScanPool(size, limits);
}

class NodeScanPool implements ScanPool {
  readonly size: number;
  readonly patience: number | undefined;
  readonly worth: number | undefined;
  readonly #control = new Int32Array(new SharedArrayBuffer(8));
  readonly #ids = new Map<SharedScan, number>();
  readonly #workers = new Set<Worker>();
  #nextId = 1;

  constructor(size: number, { patience, worth }: Pick<ScanPool, "patience" | "worth">) {
    this.size = size;
    this.patience = patience;
    this.worth = worth;
  }

  summon(scan: SharedScan): void {
    this.#call(this.#ids.get(scan) ?? this.#announce(scan));
  }

  release(scan: SharedScan): void {
    const id = this.#ids.get(scan);
    if (id === undefined) return;
    this.#ids.delete(scan);
    if (this.#ids.size === 0) this.#end();
    else this.#tell({ id });
  }

  #announce(scan: SharedScan): number {
    if (this.#ids.size === 0) this.#start();
    const id = this.#nextId++;
    this.#ids.set(scan, id);
    this.#tell({ id, scan });
    return id;
  }

  #tell(notice: ScanNotice): void {
    for (const worker of this.#workers) worker.postMessage(notice);
    // Wakes the threads, so that they drop the memory of a closed scan at once.
    if (!notice.scan) this.#call(notice.id);
  }

  #call(id: number): void {
    Atomics.store(this.#control, CALLED_TO, id);
    Atomics.add(this.#control, SUMMONS, 1);
    Atomics.notify(this.#control, SUMMONS);
  }

  #start(): void {
    for (let number = 1; number < this.size; number++) {
      const workerData: ScanMemberData = { number, control: this.#control };
      const worker = new Worker(MEMBER, { workerData });
      this.#workers.add(worker);
      // Without a listener a failure would end the process.
      worker.on("error", () => undefined);
      worker.unref();
    }
  }

  #end(): void {
    for (const worker of this.#workers) void worker.terminate();
    this.#workers.clear();
  }
}
