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

/** The same, built by several threads. */
export function pipitThreads(threads: number): Rival {
  return rivalOfKind(({ m }) => loadHnswIndex({ m, threads }));
}
