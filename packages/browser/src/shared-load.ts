import { SharedWork, throwIfAborted } from "@pipit/core";
import type { ImproveOptions, ImproveProgress } from "./tab-engine.ts";

interface Load<T> {
  readonly work: SharedWork<T>;
  readonly listeners: Set<(progress: ImproveProgress) => void>;
}

/** One load per key, shared by all callers that ask for it (`SharedWork`); each of them gets its progress. */
export class SharedLoads<T> {
  readonly #loads = new Map<string, Load<T>>();

  /** The next `get` of this key loads anew. */
  forget(key: string): void {
    this.#loads.delete(key);
  }

  get(key: string, options: ImproveOptions, work: (options: ImproveOptions) => Promise<T>): Promise<T> {
    throwIfAborted(options.signal);
    const load = this.#loads.get(key) ?? { work: new SharedWork<T>(), listeners: new Set() };
    this.#loads.set(key, load);
    return join(load, options, work);
  }
}

async function join<T>(
  { work: shared, listeners }: Load<T>,
  { signal, onProgress = () => undefined }: ImproveOptions,
  work: (options: ImproveOptions) => Promise<T>,
): Promise<T> {
  // An aborted load may continue for a while beside the next one.
  const tell = (progress: ImproveProgress, ending: AbortSignal) => {
    if (!ending.aborted) for (const listener of listeners) listener(progress);
  };
  listeners.add(onProgress);
  try {
    return await shared.run(signal, (ending) =>
      work({ signal: ending, onProgress: (progress) => tell(progress, ending) }),
    );
  } finally {
    listeners.delete(onProgress);
  }
}
