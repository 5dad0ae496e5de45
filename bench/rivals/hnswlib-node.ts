import { rowAt } from "@pipit/test/fixtures/seeded";
import { importOutside } from "./outside.ts";
import type { Rival, Searcher, Shape } from "./rival.ts";

interface Graph {
  initIndex(maxElements: number, m: number, efConstruction: number, seed: number): void;
  addPoint(point: number[], label: number): void;
  setEf(ef: number): void;
  searchKnn(query: number[], k: number): { readonly neighbors: number[] };
  readIndexSync(path: string): void;
  writeIndexSync(path: string): void;
}

interface HnswlibNode {
  readonly default: { readonly HierarchicalNSW: new (space: "ip", dimensions: number) => Graph };
}

/** hnswlib compiled for Node. It takes only plain arrays, so the conversion of vectors to them is part of its time. */
export const rival: Rival = {
  build: async (base, shape) => {
    const graph = await empty(shape);
    const rows = base.length / shape.dimensions;
    graph.initIndex(rows, shape.m, shape.efConstruction, 100);
    for (let row = 0; row < rows; row++) graph.addPoint(Array.from(rowAt(base, row, shape.dimensions)), row);
    return searcherOf(graph);
  },
  open: async (path, shape) => {
    const graph = await empty(shape);
    graph.readIndexSync(path);
    return searcherOf(graph);
  },
};

async function empty({ dimensions }: Shape): Promise<Graph> {
  const { HierarchicalNSW } = (await importOutside<HnswlibNode>("hnswlib-node")).default;
  return new HierarchicalNSW("ip", dimensions);
}

function searcherOf(graph: Graph): Searcher {
  return {
    search: (query, k, ef) => {
      graph.setEf(Math.max(ef, k));
      return { rows: graph.searchKnn(Array.from(query), k).neighbors };
    },
    bytesPerVector: undefined,
    save: async (path) => graph.writeIndexSync(path),
  };
}
