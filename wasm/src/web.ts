import { type IndexKind, PipitError } from "@pipit/core";
import { createHnsw } from "./graph/hnsw.ts";
import type { HnswOptions } from "./graph/parameters.ts";
import { pickModule } from "./pick-module.ts";

// Bundlers find and move the files by these very expressions.
const BUILDS = {
  relaxed: new URL("../build/search-relaxed.wasm", import.meta.url),
  simd: new URL("../build/search-simd.wasm", import.meta.url),
};

let loading: Promise<WebAssembly.Module> | undefined;

/** The HNSW index of this tab or worker; fetches the module once. Fails with `model-unavailable`. */
export async function loadHnswIndex(options?: HnswOptions): Promise<IndexKind> {
  loading ??= fetchModule(pickModule(BUILDS)).catch((cause) => {
    loading = undefined;
    throw unavailable(cause);
  });
  return createHnsw(await loading, options);
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
