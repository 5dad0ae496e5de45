import type { IndexKind } from "@pipit/core";
import type { HashPieces } from "../../shared/snapshot/container.ts";
import type { ByteReader } from "../../shared/snapshot/container-reader.ts";
import { assertDimensions, completeOptions, type GraphShape, type HnswOptions } from "../options.ts";
import { HnswIndex, KIND } from "./hnsw-index.ts";
import { openKernel, SMALLEST } from "./hnsw-snapshot.ts";
import { SearchKernel } from "./search-kernel.ts";
import type { ThreadPool } from "./thread-pool.ts";

export interface HnswKind extends IndexKind {
  /** XXH64, at memory speed. */
  readonly hash: HashPieces;
  /** Threads that build the graph and answer `searchMany`. */
  readonly threads: number;
  create(dimensions: number): Promise<HnswIndex>;
  /** A file, a blob or bytes: read once, straight into the index's memory. */
  open(snapshot: Uint8Array | ByteReader, dimensions: number): Promise<HnswIndex>;
}

/**
 * An approximate index over a compiled search module. All modules give the same answers and open each other's snapshots. With a pool
 * the module must be the one for threads, which share `add` and `searchMany`: the same graph and answers in less time. An opened
 * index keeps the shape it was built with. Distances are exact if originals are kept.
 */
export function createHnsw(module: WebAssembly.Module, options: HnswOptions = {}, pool?: ThreadPool): HnswKind {
  const { m, efConstruction, metric, originals, seed, maxBytes, ...asking } = completeOptions(options);
  const room = { maxBytes, pool };
  const forge = async (shape: GraphShape) => {
    const kernel = new SearchKernel(module, shape, room);
    if (pool) await kernel.startThreads(pool);
    return kernel;
  };
  return {
    name: KIND,
    threads: pool?.size ?? 1,
    get hash() {
      return new SearchKernel(module, SMALLEST, room).hash;
    },
    create: async (dimensions) => {
      assertDimensions(dimensions);
      const kernel = await forge({ dimensions, m, efConstruction, metric, originals, measured: "codes", seed });
      return HnswIndex.over(kernel, { ...asking, forge });
    },
    open: async (snapshot, dimensions) => {
      const index = HnswIndex.opened(await openKernel(module, snapshot, { dimensions, room }), { ...asking, forge });
      // Last, so that no thread is started for a snapshot that is refused.
      if (pool) await index.opened().startThreads(pool);
      return index;
    },
  };
}
