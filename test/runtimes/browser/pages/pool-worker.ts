import { build } from "./pool-build.ts";

export interface PoolJob {
  readonly threads: number;
  /** A script that replaces that of the pool's threads. */
  readonly member?: string | undefined;
}

self.onmessage = async ({ data: { threads, member } }: MessageEvent<PoolJob>) => {
  if (member) {
    self.Worker = workersOf(member);
    hurry();
  }
  self.postMessage(await build(threads));
};

/** Shortens the timers of this worker to a tenth, so that timeouts come sooner. */
function hurry(): void {
  const { setTimeout } = self;
  self.setTimeout = ((work: () => void, ms = 0) => setTimeout(work, ms / 10)) as typeof setTimeout;
}

function workersOf(script: string): typeof Worker {
  return class extends Worker {
    constructor() {
      super(new URL(script, location.href), { type: "module" });
    }
  };
}
