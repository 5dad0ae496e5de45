import type { SharedScan } from "./scan-pool.ts";

/** A message to a thread: the memory of scan `id`, or, without `scan`, that it is closed. */
export interface ScanNotice {
  readonly id: number;
  readonly scan?: SharedScan | undefined;
}

/** Words of the control block: how often the threads were woken, and for which scan. */
export const SUMMONS = 0;
export const CALLED_TO = 1;

export interface ScanServer {
  /** The number of this thread, from 1; the searching thread is 0. */
  readonly number: number;
  /** Shared words. */
  readonly control: Int32Array;
  /** The notices that came since the last call. */
  notices(): Iterable<ScanNotice>;
}

interface Exports {
  attach(number: number): number;
  help(number: number): void;
}

/**
 * The loop of a pool thread. It reads notices when it is woken; the notice of a scan is sent before the first call for it. A thread that
 * wakes too late finds nothing to do.
 */
export function serveScans({ number, control, notices }: ScanServer): never {
  const scans = new Map<number, Exports>();
  for (let seen = 0; ; ) {
    Atomics.wait(control, SUMMONS, seen);
    seen = Atomics.load(control, SUMMONS);
    for (const notice of notices()) heed(scans, notice, number);
    scans.get(Atomics.load(control, CALLED_TO))?.help(number);
  }
}

function heed(scans: Map<number, Exports>, { id, scan }: ScanNotice, number: number): void {
  if (!scan) {
    scans.delete(id);
    return;
  }
  const env = { memory: scan.memory, summon: () => {} };
  const exports = new WebAssembly.Instance(scan.module, { env }).exports as unknown as Exports;
  if (exports.attach(number) === 0) scans.set(id, exports);
}
