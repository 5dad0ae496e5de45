/// <reference types="node" />
import { readFile } from "node:fs/promises";
import { createExact, type ExactKind } from "./exact/exact.ts";
import type { ExactOptions } from "./exact/exact-options.ts";
import { createHnsw, type HnswKind } from "./graph/hnsw.ts";
import type { HnswOptions } from "./graph/parameters.ts";
import { pickModule } from "./pick-module.ts";

/** The HNSW index of this Node. */
export async function loadHnswIndex(options?: HnswOptions): Promise<HnswKind> {
  return createHnsw(await loadPicked("search"), options);
}

/** The scan of this Node. */
export async function loadExactIndex(options?: ExactOptions): Promise<ExactKind> {
  return createExact(await loadPicked("exact"), options);
}

/** One of a kernel's two builds, compiled; tests hold them against each other. */
export async function loadBuild(
  build: "relaxed" | "simd",
  kernel: "search" | "exact" = "search",
): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(new URL(`../build/${kernel}-${build}.wasm`, import.meta.url)));
}

function loadPicked(kernel: "search" | "exact"): Promise<WebAssembly.Module> {
  return loadBuild(pickModule({ relaxed: "relaxed", simd: "simd" }), kernel);
}
