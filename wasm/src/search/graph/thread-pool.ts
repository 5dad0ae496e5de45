/** Threads that build a graph and answer many queries together with the thread that owns it. */
export interface ThreadPool {
  /** The owner among them, 2 to 8. */
  readonly size: number;
  /** Milliseconds without an answer after which a thread counts as dead, default 60,000; a share of work takes some. */
  readonly patience?: number | undefined;
  /** Starts a thread and resolves once it works. The kernel ends it. */
  startThread(member: PoolMember): Promise<void>;
}

export interface PoolMember {
  readonly module: WebAssembly.Module;
  /** Shared. */
  readonly memory: WebAssembly.Memory;
  /** From 1 on; the owner is 0. */
  readonly number: number;
}

interface Exports {
  attach(number: number): number;
  serve(number: number): void;
}

/** The work of a thread of the pool: it reports that it is ready, then works until the kernel ends it. The thread must be allowed to block. */
export function servePool({ module, memory, number }: PoolMember, ready: () => void): void {
  const env = { memory, now: () => performance.now() };
  const exports = new WebAssembly.Instance(module, { env }).exports as unknown as Exports;
  if (exports.attach(number) !== 0) throw new Error(`thread ${number} found no room to work in`);
  ready();
  exports.serve(number);
}
