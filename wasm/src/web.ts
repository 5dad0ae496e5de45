import { PipitError } from "@pipit/core";
import { createExact, type ExactKind } from "./exact/exact.ts";
import type { ExactOptions } from "./exact/exact-options.ts";
import { createHnsw, type HnswKind } from "./graph/hnsw.ts";
import type { HnswOptions } from "./graph/parameters.ts";
import { pickModule } from "./pick-module.ts";

// Bundlers find and move the files by these very expressions.
const SEARCH = {
  relaxed: new URL("../build/search-relaxed.wasm", import.meta.url),
  simd: new URL("../build/search-simd.wasm", import.meta.url),
};
const EXACT = {
  relaxed: new URL("../build/exact-relaxed.wasm", import.meta.url),
  simd: new URL("../build/exact-simd.wasm", import.meta.url),
};

const loading = new Map<URL, Promise<WebAssembly.Module>>();

/** The HNSW index of this tab or worker; fetches its module once. Fails with `model-unavailable`. */
export async function loadHnswIndex(options?: HnswOptions): Promise<HnswKind> {
  return createHnsw(await loadOnce(pickModule(SEARCH)), options);
}

/** The scan of this tab or worker; fetches its module once. Fails with `model-unavailable`. */
export async function loadExactIndex(options?: ExactOptions): Promise<ExactKind> {
  return createExact(await loadOnce(pickModule(EXACT)), options);
}

function loadOnce(url: URL): Promise<WebAssembly.Module> {
  const present = loading.get(url);
  if (present) return present;
  const module = fetchModule(url).catch((cause) => {
    loading.delete(url);
    throw unavailable(cause);
  });
  loading.set(url, module);
  return module;
}

async function fetchModule(url: URL): Promise<WebAssembly.Module> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  // Streaming compilation insists on a content type that not every static host sends.
  const isTyped = response.headers.get("content-type")?.startsWith("application/wasm");
  return isTyped ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

function unavailable(cause: unknown): PipitError {
  return new PipitError("model-unavailable", {
    got: cause instanceof Error ? cause.message : String(cause),
    expected: "the search module beside this script",
    do: "Serve the module with the application and try again.",
    cause,
  });
}
