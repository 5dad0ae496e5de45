/** Threads that build a graph and answer many queries together with the one that owns it, where the platform has them. */
export interface Crew {
  /** The owner among them, 2 to 8. */
  readonly size: number;
  /** Milliseconds without a word after which a thread counts as gone, default 60,000; a share takes some. */
  readonly patience?: number | undefined;
  /** Starts a thread and resolves once it serves. It ends by itself when the kernel sends it home. */
  enlist(member: CrewMember): Promise<void>;
}

export interface CrewMember {
  readonly module: WebAssembly.Module;
  /** Shared. */
  readonly memory: WebAssembly.Memory;
  /** From 1 on; the owner is 0. */
  readonly number: number;
}

interface Exports {
  enlist(number: number): number;
  serve(number: number): void;
}

/** What a thread of the crew does: says that it is there, then works until it is sent home. The thread must be one that may wait. */
export function serveCrew({ module, memory, number }: CrewMember, ready: () => void): void {
  const env = { memory, now: () => performance.now() };
  const exports = new WebAssembly.Instance(module, { env }).exports as unknown as Exports;
  if (exports.enlist(number) !== 0) throw new Error(`thread ${number} found no room to work in`);
  ready();
  exports.serve(number);
}
