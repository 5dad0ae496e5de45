import { rowsFrom } from "@pipit/test/fixtures/recall";
import { createHnsw, type HnswKind } from "@pipit/wasm";
import { loadBuild, loadHnswIndex } from "@pipit/wasm/node";
import { type Rival, rivalOfKind, type Shape, searcherOf } from "./rival.ts";

/**
 * The project's kernel, in a build for certain instructions. Rivals are compared at a recall, so it builds with its own
 * default of efConstruction, and not with the one that the others share.
 */
export function pipit(build: "relaxed" | "simd"): Rival {
  return laidOut(async ({ m }) => createHnsw(await loadBuild(build), { m }));
}

/** The same without originals: only codes choose and rank, and nothing besides the graph is kept. */
export function pipitCodes(): Rival {
  return laidOut(async ({ m }) => createHnsw(await loadBuild("relaxed"), { m, originals: "none" }));
}

/** The same, built by several threads. */
export function pipitThreads(threads: number): Rival {
  return laidOut(({ m }) => loadHnswIndex({ m, threads }));
}

/** A build ends with `compact`, as an app would call it before many searches; its time counts. */
function laidOut(kindOf: (shape: Shape) => Promise<HnswKind>): Rival {
  return {
    ...rivalOfKind(kindOf),
    build: async (base, shape) => {
      const index = await (await kindOf(shape)).create(shape.dimensions);
      await index.add(rowsFrom(0, base.length / shape.dimensions), base);
      await index.compact();
      return searcherOf(index);
    },
  };
}
