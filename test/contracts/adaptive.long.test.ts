import { createAdaptive, createHnsw } from "@pipit/wasm";
import { loadBuild } from "@pipit/wasm/node";
import { heldRecallContract } from "./held-recall.ts";
import { vectorIndexContract } from "./vector-index.ts";

for (const build of ["relaxed", "simd"] as const) {
  const exact = await loadBuild(build, "exact");
  const kind = createAdaptive({ exact, graphs: async (options) => createHnsw(await loadBuild(build), options) });
  vectorIndexContract(`the default index on ${build} SIMD`, kind);
  heldRecallContract(`the default index on ${build} SIMD`, kind);
}
