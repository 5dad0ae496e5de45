import {
  type IndexKind,
  type IndexStats,
  type NeighborQuery,
  type Neighbors,
  PipitError,
  type VectorIndex,
} from "@pipit/core";
import {
  assertBreadth,
  assertDimensions,
  assertWanted,
  completeOptions,
  type HnswOptions,
  type Parameters,
} from "./parameters.ts";
import { SearchKernel } from "./search-kernel.ts";
import { SlotMap } from "./slot-map.ts";
import { badSnapshot, readShape, restore, takeSnapshot } from "./snapshot.ts";
import { assertQueryVector, assertRowVectors } from "./vector-check.ts";

const NAME = "hnsw-int8";

/**
 * An approximate index over a compiled search module; the two modules give the same answers and open each other's
 * snapshots. An opened index keeps m, efConstruction and the random state it was built by. Distances are exact.
 */
export function createHnsw(module: WebAssembly.Module, options: HnswOptions = {}): IndexKind {
  const parameters = completeOptions(options);
  return {
    name: NAME,
    create: async (dimensions) => createEmpty(module, parameters, dimensions),
    open: async (snapshot, dimensions) => openSnapshot(module, parameters, { snapshot, dimensions }),
  };
}

function createEmpty(module: WebAssembly.Module, parameters: Parameters, dimensions: number): HnswIndex {
  assertDimensions(dimensions);
  const kernel = new SearchKernel(module, { ...parameters, dimensions }, parameters.maxBytes);
  return new HnswIndex(kernel, dimensions, parameters.ef);
}

interface Opening {
  readonly snapshot: Uint8Array;
  readonly dimensions: number;
}

function openSnapshot(module: WebAssembly.Module, parameters: Parameters, opening: Opening): HnswIndex {
  const { snapshot, dimensions } = opening;
  const kernel = new SearchKernel(module, readShape(snapshot, dimensions), parameters.maxBytes);
  restore(kernel, snapshot);
  return new HnswIndex(kernel, dimensions, parameters.ef);
}

/** The port's promises are kept at once: the kernel works within the call, on whatever thread that is. */
export class HnswIndex implements VectorIndex {
  private kernel: SearchKernel | undefined;
  private readonly slots = new SlotMap();
  private readonly dimensions: number;
  private readonly ef: number | undefined;

  constructor(kernel: SearchKernel, dimensions: number, ef: number | undefined) {
    this.kernel = kernel;
    this.dimensions = dimensions;
    this.ef = ef;
    for (let slot = 0; slot < kernel.slots; slot++) this.adopt(kernel, slot);
  }

  async add(rows: Uint32Array, vectors: Float32Array): Promise<void> {
    const kernel = this.opened();
    assertRowVectors(rows, vectors, this.dimensions);
    // Rows that are replaced need no room; asking for it all the same keeps the call simple and all-or-nothing.
    kernel.reserve(rows.length);
    for (let from = 0; from < rows.length; from += kernel.batch) {
      const to = Math.min(from + kernel.batch, rows.length);
      kernel.stageVectors(vectors.subarray(from * this.dimensions, to * this.dimensions));
      for (let i = from; i < to; i++) this.put(kernel, rows[i]!, i - from);
    }
  }

  async remove(rows: Uint32Array): Promise<number> {
    const kernel = this.opened();
    return rows.reduce((removed, row) => removed + (this.drop(kernel, row) ? 1 : 0), 0);
  }

  async search(query: Float32Array, { k, ef, filter }: NeighborQuery): Promise<Neighbors> {
    const kernel = this.opened();
    assertQueryVector(query, this.dimensions);
    const wanted = assertWanted(k);
    return kernel.search(query, { k: wanted, ef: assertBreadth(ef ?? this.ef ?? Math.max(64, 2 * k)), filter });
  }

  /** `bytes` is all that the kernel holds, room for coming rows and working memory included. */
  stats(): IndexStats {
    const { kernel, dimensions } = this;
    return { kind: NAME, count: kernel?.count ?? 0, dimensions, bytes: kernel?.bytes ?? 0 };
  }

  async save(): Promise<Uint8Array<ArrayBuffer>> {
    return takeSnapshot(this.opened());
  }

  /** Lets go of the kernel and with it of its memory. */
  async close(): Promise<void> {
    this.kernel = undefined;
  }

  /** For looking at the graph. Throws `closed`. */
  opened(): SearchKernel {
    if (this.kernel) return this.kernel;
    throw new PipitError("closed", {
      got: "a call to a closed index",
      expected: "an open one",
      do: "Open the collection again.",
    });
  }

  private adopt(kernel: SearchKernel, slot: number): void {
    if (kernel.levelOf(slot) === undefined) return;
    const row = kernel.rowOf(slot);
    if (this.slots.get(row) !== undefined) throw badSnapshot(`row ${row} twice`, "each row once");
    this.slots.set(row, slot);
  }

  private put(kernel: SearchKernel, row: number, index: number): void {
    this.drop(kernel, row);
    this.slots.set(row, kernel.insert(row, index));
  }

  private drop(kernel: SearchKernel, row: number): boolean {
    const slot = this.slots.get(row);
    if (slot === undefined) return false;
    kernel.remove(slot);
    this.slots.delete(row);
    return true;
  }
}
