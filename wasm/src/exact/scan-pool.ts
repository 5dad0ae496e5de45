/** Threads that take parts of scans, of as many indexes as there are. */
export interface ScanPool {
  /** How many threads may share a scan, the one that searches among them. 2 to 8. */
  readonly size: number;
  /** Milliseconds after which a thread that began its part counts as gone, default 2,000; a part takes one at most. */
  readonly patience?: number | undefined;
  /** Bytes of vectors or codes that a scan worth sharing reads, default 2 MiB, which takes one thread some 0.2 ms. */
  readonly worth?: number | undefined;
  /** Tells the threads that there is a scan to share. Does not wait for any. */
  summon(scan: SharedScan): void;
  /** Lets the threads drop the memory of a scan that was closed. */
  release(scan: SharedScan): void;
}

export interface SharedScan {
  /** Built for threads. */
  readonly module: WebAssembly.Module;
  /** Shared. */
  readonly memory: WebAssembly.Memory;
}

/** What answering kernels are made of where their scans are shared. */
export interface SharedScans {
  /** Built for threads. */
  readonly module: WebAssembly.Module;
  readonly pool: ScanPool;
}
