import type { IndexKind } from "@pipit/core";
import type { ByteReader } from "../snapshot/container-reader.ts";
import { HnswIndex, KIND } from "./hnsw-index.ts";
import { openKernel } from "./hnsw-snapshot.ts";
import { assertDimensions, completeOptions, type HnswOptions } from "./parameters.ts";
import { SearchKernel } from "./search-kernel.ts";

export interface HnswKind extends IndexKind {
  create(dimensions: number): Promise<HnswIndex>;
  /** A file, a blob or bytes: read once, straight into the index's memory. */
  open(snapshot: Uint8Array | ByteReader, dimensions: number): Promise<HnswIndex>;
}

/**
 * An approximate index over a compiled search module; the two modules give the same answers and open each other's
 * snapshots. An opened index keeps the shape it was built by. Distances are exact where originals are kept.
 */
export function createHnsw(module: WebAssembly.Module, options: HnswOptions = {}): HnswKind {
  const parameters = completeOptions(options);
  const { maxBytes, ef } = parameters;
  return {
    name: KIND,
    create: async (dimensions) => {
      assertDimensions(dimensions);
      return HnswIndex.over(new SearchKernel(module, { ...parameters, dimensions }, maxBytes), ef);
    },
    open: async (snapshot, dimensions) =>
      HnswIndex.opened(await openKernel(module, snapshot, { dimensions, maxBytes }), ef),
  };
}
