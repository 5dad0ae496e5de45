import { AbortedError, throwIfAborted } from "@pipit/core";
import type { ImproveOptions, ImproveProgress } from "./tab-engine.ts";

interface Load<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  readonly listeners: Set<(progress: ImproveProgress) => void>;
  waiting: number;
}

/**
 * One load a key, shared by all who ask for it, kept once done and dropped when it fails. An abort ends the load itself
 * only when nobody else waits for it.
 */
export class SharedLoads<T> {
  readonly #loads = new Map<string, Load<T>>();

  get(key: string, options: ImproveOptions, work: (options: ImproveOptions) => Promise<T>): Promise<T> {
    throwIfAborted(options.signal);
    const load = this.#loads.get(key) ?? this.#begin(key, work);
    return this.#wait(key, load, options);
  }

  #begin(key: string, work: (options: ImproveOptions) => Promise<T>): Load<T> {
    const controller = new AbortController();
    const listeners = new Set<(progress: ImproveProgress) => void>();
    const onProgress = (progress: ImproveProgress) => {
      for (const listener of listeners) listener(progress);
    };
    const result = work({ signal: controller.signal, onProgress });
    const load = { result, controller, listeners, waiting: 0 };
    this.#loads.set(key, load);
    result.catch(() => this.#drop(key, load));
    return load;
  }

  async #wait(key: string, load: Load<T>, { signal, onProgress }: ImproveOptions): Promise<T> {
    const listener = onProgress ?? (() => undefined);
    load.listeners.add(listener);
    load.waiting++;
    let leave = () => {};
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(new AbortedError(signal?.reason));
      signal?.addEventListener("abort", leave);
    });
    try {
      return await Promise.race([load.result, left]);
    } finally {
      signal?.removeEventListener("abort", leave);
      load.listeners.delete(listener);
      load.waiting--;
      if (signal?.aborted && load.waiting === 0) this.#end(key, load);
    }
  }

  /** A load that was done before stays: aborting it changes nothing. */
  #end(key: string, load: Load<T>): void {
    let done = false;
    void load.result.then(
      () => {
        done = true;
      },
      () => undefined,
    );
    queueMicrotask(() => {
      if (done) return;
      this.#drop(key, load);
      load.controller.abort();
    });
  }

  #drop(key: string, load: Load<T>): void {
    if (this.#loads.get(key) === load) this.#loads.delete(key);
  }
}
