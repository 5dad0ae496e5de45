import { createHnsw, type HnswOptions } from "@pipit/wasm";
import { loadBuild } from "@pipit/wasm/node";
import { type Rival, rivalOfKind } from "./rival.ts";

/** The kernel of the project, by the instructions it was built for. */
export function pipit(build: "relaxed" | "simd", options: HnswOptions = {}): Rival {
  return rivalOfKind(async ({ m, efConstruction }) =>
    createHnsw(await loadBuild(build), { ...options, m, efConstruction }),
  );
}
