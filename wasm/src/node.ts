/// <reference types="node" />
import { readFile } from "node:fs/promises";
import { createHnsw, type HnswKind } from "./graph/hnsw.ts";
import type { HnswOptions } from "./graph/parameters.ts";
import { pickModule } from "./pick-module.ts";

const BUILDS = {
  relaxed: new URL("../build/search-relaxed.wasm", import.meta.url),
  simd: new URL("../build/search-simd.wasm", import.meta.url),
};

/** The HNSW index of this Node. */
export async function loadHnswIndex(options?: HnswOptions): Promise<HnswKind> {
  return createHnsw(await loadBuild(pickModule({ relaxed: "relaxed", simd: "simd" })), options);
}

/** One of the two builds, compiled; tests hold them against each other. */
export async function loadBuild(build: keyof typeof BUILDS): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(BUILDS[build]));
}
