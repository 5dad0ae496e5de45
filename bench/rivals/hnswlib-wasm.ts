import {
  type IndexKind,
  type IndexStats,
  type NeighborQuery,
  type Neighbors,
  PipitError,
  type RowBitmap,
  type VectorIndex,
} from "@pipit/core";
import { rowAt } from "@pipit/test/fixtures/seeded";
import { type Rival, rivalOfKind, type Shape } from "./rival.ts";

/** The used part of the package's own module; its typings depend on a package that it does not declare. */
interface Graph {
  initIndex(maxElements: number, m: number, efConstruction: number, seed: number): void;
  resizeIndex(maxElements: number): void;
  addPoint(point: Float32Array, label: number, replaceDeleted: boolean): void;
  markDelete(label: number): void;
  setEfSearch(ef: number): void;
  searchKnn(query: Float32Array, k: number, filter?: (label: number) => boolean): Found;
  delete(): void;
}

interface Found {
  readonly neighbors: readonly number[];
  readonly distances: readonly number[];
}

interface HnswlibModule {
  HierarchicalNSW: new (space: "ip", dimensions: number, autoSaveFile: string) => Graph;
}

const NAME = "hnswlib-wasm";
const SEED = 100;
const FIRST_CAPACITY = 1024;

/**
 * The graph of hnswlib-wasm behind the port. It stores graphs only in a browser's IndexedDB and does not return bytes, so that
 * `save` and `open` reject with `unsupported`.
 */
export function createHnswlibWasm({ m, efConstruction }: Omit<Shape, "dimensions">): IndexKind {
  return {
    name: NAME,
    create: async (dimensions) => {
      const { HierarchicalNSW } = await instantiate();
      const graph = new HierarchicalNSW("ip", dimensions, "");
      graph.initIndex(FIRST_CAPACITY, m, efConstruction, SEED);
      return new HnswlibIndex(graph, dimensions, m);
    },
    open: async () => {
      throw keepsNoSnapshots();
    },
  };
}

/** It has no `open`, because it keeps no file. */
export const rival: Rival = { build: rivalOfKind(async (shape) => createHnswlibWasm(shape)).build };

/** Each index gets a module of its own, so that its memory is freed with it. */
async function instantiate(): Promise<HnswlibModule> {
  const { default: factory } = await import(/* @vite-ignore */ import.meta.resolve("hnswlib-wasm/lib/hnswlib.mjs"));
  const global: { window?: object } = globalThis as never;
  const before = global.window;
  // The build checks for `window` once, at its start, and never uses it.
  global.window ??= {};
  try {
    return factory();
  } finally {
    if (!before) delete global.window;
  }
}

class HnswlibIndex implements VectorIndex {
  #graph: Graph | undefined;
  readonly #dimensions: number;
  readonly #m: number;
  readonly #present = new Set<number>();
  /** Labels to which the graph has assigned a place, removed ones too. */
  readonly #placed = new Set<number>();
  #capacity = FIRST_CAPACITY;

  constructor(graph: Graph, dimensions: number, m: number) {
    this.#graph = graph;
    this.#dimensions = dimensions;
    this.#m = m;
  }

  async add(rows: Uint32Array, vectors: Float32Array): Promise<void> {
    const graph = this.#opened();
    this.#assertRows(vectors);
    if (vectors.length !== rows.length * this.#dimensions) throw mismatch(rows.length, vectors.length);
    this.#reserve(graph, rows);
    rows.forEach((row, i) => {
      graph.addPoint(rowAt(vectors, i, this.#dimensions), row, false);
      this.#present.add(row);
    });
  }

  async remove(rows: Uint32Array): Promise<number> {
    const graph = this.#opened();
    const removed = [...new Set(rows)].filter((row) => this.#present.delete(row));
    for (const row of removed) graph.markDelete(row);
    return removed.length;
  }

  async search(query: Float32Array, { k, ef, filter }: NeighborQuery): Promise<Neighbors> {
    const graph = this.#opened();
    if (query.length !== this.#dimensions) throw badVector(`a query of ${query.length} values`);
    this.#assertRows(query);
    if (!Number.isInteger(k) || k < 1) throw badK(k);
    const most = Math.min(k, this.#present.size);
    if (most === 0) return { rows: new Uint32Array(0), distances: new Float32Array(0) };
    graph.setEfSearch(Math.max(ef ?? 64, most));
    const { neighbors, distances } = graph.searchKnn(query, most, filter && ((label) => allows(filter, label)));
    return { rows: Uint32Array.from(neighbors), distances: Float32Array.from(distances) };
  }

  /** The package does not report its memory: this is places times the layout of level 0 on a 32-bit machine (links, floats, label). */
  stats(): IndexStats {
    const bytes = this.#placed.size * (4 + 2 * this.#m * 4 + this.#dimensions * 4 + 4);
    return { kind: NAME, count: this.#present.size, dimensions: this.#dimensions, bytes };
  }

  async save(): Promise<Uint8Array<ArrayBuffer>> {
    this.#opened();
    throw keepsNoSnapshots();
  }

  async close(): Promise<void> {
    this.#graph?.delete();
    this.#graph = undefined;
  }

  #opened(): Graph {
    if (this.#graph) return this.#graph;
    throw new PipitError("closed", { got: "a call to a closed index", expected: "an open one", do: "Make a new one." });
  }

  #reserve(graph: Graph, rows: Uint32Array): void {
    for (const row of rows) this.#placed.add(row);
    if (this.#placed.size <= this.#capacity) return;
    this.#capacity = Math.max(this.#placed.size, 2 * this.#capacity);
    graph.resizeIndex(this.#capacity);
  }

  #assertRows(vectors: Float32Array): void {
    if (vectors.length % this.#dimensions !== 0) throw badVector(`${vectors.length} values`);
    for (let row = 0; row < vectors.length / this.#dimensions; row++) {
      const length = rowAt(vectors, row, this.#dimensions).reduce((sum, x) => sum + x * x, 0);
      if (!(length > 0 && length < Number.POSITIVE_INFINITY)) throw badVector(`row ${row} of squared length ${length}`);
    }
  }
}

function allows(filter: RowBitmap, row: number): boolean {
  return ((filter[row >>> 5] ?? 0) & (1 << (row & 31))) !== 0;
}

function keepsNoSnapshots(): PipitError {
  return new PipitError("unsupported", {
    got: "a call for a snapshot",
    expected: "none: hnswlib-wasm writes graphs to a browser's IndexedDB alone",
    do: "Build the index again from its vectors.",
  });
}

function badVector(got: string): PipitError {
  return new PipitError("bad-vector", {
    got,
    expected: "whole rows of finite values, not all zero",
    do: "Pass unit vectors of the index's dimensions; nothing was stored.",
  });
}

function badK(k: number): PipitError {
  return new PipitError("bad-input", {
    got: `k of ${k}`,
    expected: "a whole number from 1",
    do: "Ask for one or more.",
  });
}

function mismatch(rows: number, values: number): PipitError {
  return new PipitError("bad-input", {
    got: `${rows} rows with ${values} values`,
    expected: "one vector a row",
    do: "Pass as many vectors as rows; nothing was added.",
  });
}
