import { readFileSync } from "node:fs";
import { importOutside, outsidePath } from "./outside.ts";
import type { Rival } from "./rival.ts";

interface Database {
  insertBatchFlat(vectors: Float32Array, count: number): Uint32Array;
  search(query: Float32Array, k: number): { readonly id: number }[];
  memoryUsage(): number;
}

interface Config {
  metric: string;
  m: number;
  m0: number;
  ef_construction: number;
  ef_search: number;
}

interface EdgeVec {
  readonly initSync: (options: { module: Uint8Array }) => void;
  readonly EdgeVecConfig: new (dimensions: number) => Config;
  readonly EdgeVec: new (config: Config) => Database;
}

const EF = 64;

/**
 * EdgeVec in WebAssembly. It searches by l2, which orders unit vectors as the inner product does: "dot" and "cosine" of version 0.9.0
 * return the farthest rows.
 */
export const rival: Rival = {
  fixedEf: EF,
  build: async (base, { dimensions, m, efConstruction }) => {
    const { initSync, EdgeVecConfig, EdgeVec } = await importOutside<EdgeVec>("edgevec");
    initSync({ module: readFileSync(outsidePath("edgevec/edgevec_bg.wasm")) });
    const config = new EdgeVecConfig(dimensions);
    Object.assign(config, { metric: "l2", m, m0: 2 * m, ef_construction: efConstruction, ef_search: EF });
    const database = new EdgeVec(config);
    const rows = base.length / dimensions;
    const [first = 0] = database.insertBatchFlat(base, rows);
    return {
      search: (query, k) => ({ rows: database.search(query, k).map(({ id }) => id - first) }),
      bytesPerVector: database.memoryUsage() / rows,
    };
  },
};
