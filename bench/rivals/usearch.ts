import { mkdtempSync, rmSync, statSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { rowAt } from "@pipit/test/fixtures/seeded";
import { importOutside } from "./outside.ts";
import type { Rival, Searcher, Shape } from "./rival.ts";

type Quantization = "f32" | "i8";

interface Index {
  add(key: bigint, vector: Float32Array, threads: number): void;
  search(query: Float32Array, k: number, threads: number): { readonly keys: BigUint64Array };
  size(): number;
  save(path: string): void;
  load(path: string): void;
}

interface Usearch {
  readonly Index: new (config: Record<string, unknown>) => Index;
}

/** usearch with its native add-on, one thread. Its ef is fixed when an index is made, so each ef loads the graph again. */
export function usearch(quantization: Quantization): Rival {
  const make = async (shape: Shape) => {
    const { Index } = await importOutside<Usearch>("usearch");
    return (ef: number) =>
      new Index({
        dimensions: shape.dimensions,
        metric: "ip",
        quantization,
        connectivity: shape.m,
        expansion_add: shape.efConstruction,
        expansion_search: ef,
        multi: false,
      });
  };
  return {
    build: async (base, shape) => {
      const withEf = await make(shape);
      const index = withEf(64);
      const rows = base.length / shape.dimensions;
      for (let row = 0; row < rows; row++) index.add(BigInt(row), rowAt(base, row, shape.dimensions), 1);
      const folder = mkdtempSync(`${tmpdir()}/pipit-usearch-`);
      index.save(`${folder}/graph`);
      process.once("exit", () => rmSync(folder, { recursive: true }));
      return searcherOf(withEf, `${folder}/graph`);
    },
    open: async (path, shape) => searcherOf(await make(shape), path),
  };
}

function searcherOf(withEf: (ef: number) => Index, path: string): Searcher {
  const opened = (ef: number) => {
    const index = withEf(ef);
    index.load(path);
    return { ef, index };
  };
  let current = opened(64);
  return {
    search: (query, k, ef) => {
      if (current.ef !== ef) current = opened(ef);
      return { rows: current.index.search(query, k, 1).keys };
    },
    bytesPerVector: statSync(path).size / current.index.size(),
    save: (to) => copyFile(path, to),
  };
}
