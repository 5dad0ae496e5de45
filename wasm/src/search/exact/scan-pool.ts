/** Threads that share the scans of several indexes. */
export interface ScanPool {
  /** How many threads may share a scan, the searching one included. 2 to 8. */
  readonly size: number;
  /** Milliseconds after which a thread that claimed a chunk counts as ended. Default 2,000; a chunk takes one at most. */
  readonly patience?: number | undefined;
  /** Scans that read fewer bytes of vectors or codes are not shared. Default 2 MiB, which one thread reads in some 0.2 ms. */
  readonly worth?: number | undefined;
  /** Wakes the threads for a scan. Does not wait for them. */
  summon(scan: SharedScan): void;
  /** Makes the threads drop the memory of a closed index. */
  release(scan: SharedScan): void;
}

export interface SharedScan {
  /** Built for threads. */
  readonly module: WebAssembly.Module;
  /** Shared. */
  readonly memory: WebAssembly.Memory;
}

/** The module and the threads for shared scans. */
export interface SharedScans {
  /** Built for threads. */
  readonly module: WebAssembly.Module;
  readonly pool: ScanPool;
}
