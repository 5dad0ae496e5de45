import { build } from "./crew-build.ts";

export interface CrewJob {
  readonly threads: number;
  /** A script in place of the one that members of the crew run. */
  readonly member?: string | undefined;
}

self.onmessage = async ({ data: { threads, member } }: MessageEvent<CrewJob>) => {
  if (member) self.Worker = workersOf(member);
  self.postMessage(await build(threads));
};

function workersOf(script: string): typeof Worker {
  return class extends Worker {
    constructor() {
      super(new URL(script, location.href), { type: "module" });
    }
  };
}
