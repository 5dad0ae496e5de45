import { readFile, writeFile } from "node:fs/promises";
import type { IndexKind, VectorIndex } from "@pipit/core";
import { rowsFrom } from "@pipit/test/fixtures/recall";

/** The parameters with which every rival's graph is built. */
export interface Shape {
  readonly dimensions: number;
  readonly m: number;
  readonly efConstruction: number;
}

/** An index under test; `serve.ts` drives it in a process of its own. Labels are row numbers, vectors are row-major unit rows. */
export interface Rival {
  build(base: Float32Array, shape: Shape): Promise<Searcher>;
  /** Reads the file that `Searcher.save` wrote; absent if a rival keeps no files. */
  open?(path: string, shape: Shape): Promise<Searcher>;
  /** The number of queries per round, if all of them would take minutes. */
  readonly askedQueries?: number;
  /** The only ef of a rival whose ef is fixed at build. */
  readonly fixedEf?: number;
}

export interface Found {
  /** The k nearest rows. */
  readonly rows: ArrayLike<number | bigint>;
}

export interface Searcher {
  /** Sets ef itself if that is a state of the index. */
  search(query: Float32Array, k: number, ef: number): Found | Promise<Found>;
  /** The size that the index reports, or the sum of its layout; absent when neither is known. */
  readonly bytesPerVector: number | undefined;
  save?(path: string): Promise<void>;
}

/** Any `IndexKind` as a rival. */
export function rivalOfKind(kindOf: (shape: Shape) => Promise<IndexKind>): Rival {
  return {
    build: async (base, shape) => {
      const index = await (await kindOf(shape)).create(shape.dimensions);
      await index.add(rowsFrom(0, base.length / shape.dimensions), base);
      return searcherOf(index);
    },
    open: async (path, shape) => {
      const bytes = new Uint8Array(await readFile(path));
      return searcherOf(await (await kindOf(shape)).open(bytes, shape.dimensions));
    },
  };
}

export function searcherOf(index: VectorIndex): Searcher {
  const { bytes, count } = index.stats();
  return {
    search: (query, k, ef) => index.search(query, ef > 0 ? { k, ef } : { k }),
    bytesPerVector: bytes / count,
    save: async (path) => writeFile(path, await index.save()),
  };
}
