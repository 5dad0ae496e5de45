import { getHeapStatistics } from "node:v8";

/** Milliseconds without work before a collection. It blocks its thread for about two milliseconds per megabyte. */
const QUIET_MS = 3_000;
/** No collection runs unless the heap has grown by more than both limits since the last one. */
const LEAST_GROWTH = { bytes: 8 << 20, ratio: 1.25 };

type Collect = NonNullable<typeof globalThis.gc>;

/**
 * Returns a function to be called when this thread begins or ends work. After a quiet time without calls, memory that the thread's heap
 * no longer uses goes back to the system. V8 by itself keeps it for the next burst, up to several times the used size. Does nothing
 * without `collect`, which Node supplies if it is started with `--expose-gc`.
 */
export function collectWhenQuiet(collect: Collect | undefined = globalThis.gc): () => void {
  if (!collect) return () => undefined;
  let kept = 0;
  const quiet = setTimeout(() => {
    const taken = heapBytes();
    if (taken < kept + LEAST_GROWTH.bytes || taken < kept * LEAST_GROWTH.ratio) return;
    // Of the kinds of collection, only this one returns the pages that it empties.
    collect({ type: "major", flavor: "last-resort", execution: "sync" });
    kept = heapBytes();
  }, QUIET_MS);
  // The timer must not keep the process running.
  quiet.unref();
  return () => void quiet.refresh();
}

function heapBytes(): number {
  return getHeapStatistics().total_physical_size;
}
