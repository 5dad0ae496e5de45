import { createHnsw } from "@pipit/wasm";
import { loadBuild, loadHnswIndex } from "@pipit/wasm/node";
import { type Rival, rivalOfKind } from "./rival.ts";

/**
 * The kernel of the project, by the instructions it was built for. Contests are decided at a recall, so it builds by a
 * breadth of its own, its default, and not by the one that the others share.
 */
export function pipit(build: "relaxed" | "simd"): Rival {
  return rivalOfKind(async ({ m }) => createHnsw(await loadBuild(build), { m }));
}

/** The same without originals: codes alone choose and rank, and nothing beside the graph is kept. */
export function pipitCodes(): Rival {
  return rivalOfKind(async ({ m }) => createHnsw(await loadBuild("relaxed"), { m, originals: "none" }));
}

/** The same, built by several threads. */
export function pipitThreads(threads: number): Rival {
  return rivalOfKind(({ m }) => loadHnswIndex({ m, threads }));
}
