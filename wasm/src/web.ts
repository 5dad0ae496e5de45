import { PipitError, readTokenProjection, type TokenProjection, type TokenScorer } from "@pipit/core";
import { type Encoder, type EncoderBytes, type EncoderOptions, openEncoder } from "./encoder/encoder.ts";
import { type PickedEncoder, pickEncoder, type VerdictMemory } from "./encoder/pick-encoder.ts";
import { type AdaptiveKind, type AdaptiveOptions, createAdaptive } from "./search/adaptive/adaptive.ts";
import { createExact, type ExactKind } from "./search/exact/exact.ts";
import type { ExactOptions } from "./search/exact/exact-options.ts";
import { createHnsw, type HnswKind } from "./search/graph/hnsw.ts";
import type { ThreadPool } from "./search/graph/thread-pool.ts";
import type { HnswOptions } from "./search/options.ts";
import { checkedWhole } from "./shared/option-check.ts";
import { pickModule } from "./shared/pick-module.ts";
import { openTokenScorer } from "./tokens/token-scorer.ts";

// Bundlers find and replace exactly these expressions.
const SEARCH = {
  relaxed: new URL("../build/search-relaxed.wasm", import.meta.url),
  simd: new URL("../build/search-simd.wasm", import.meta.url),
};
const TOGETHER = new URL("../build/search-threads.wasm", import.meta.url);
const EXACT = {
  relaxed: new URL("../build/exact-relaxed.wasm", import.meta.url),
  simd: new URL("../build/exact-simd.wasm", import.meta.url),
};

const ENCODER = {
  relaxed: new URL("../build/encoder-relaxed.wasm", import.meta.url),
  maddubs: new URL("../build/encoder-maddubs.wasm", import.meta.url),
  simd: new URL("../build/encoder-simd.wasm", import.meta.url),
};

const TOKENS = new URL("../build/tokens-simd.wasm", import.meta.url);
const MINILM_PROJECTION = new URL("../minilm-tokens.pipit", import.meta.url);

const loading = new Map<URL, Promise<WebAssembly.Module>>();

export interface WebIndexOptions extends AdaptiveOptions, Pick<WebHnswOptions, "threads"> {}

export interface WebHnswOptions extends HnswOptions {
  /**
   * The most threads that share builds and `searchMany`, the caller's among them. 1 to 8, default 1. They need a worker of an
   * isolated page (`crossOriginIsolated`), relaxed SIMD, and as many cores. Otherwise one thread does the work; the kind's `threads`
   * says how many there are.
   */
  readonly threads?: number | undefined;
}

/** The default index of this tab or worker: a scan, replaced by a graph where that is faster. Fails with `model-unavailable`. */
export async function loadIndex({ threads, ...options }: WebIndexOptions = {}): Promise<AdaptiveKind> {
  const graphs = (asked: HnswOptions) => loadHnswIndex({ ...asked, threads });
  return createAdaptive({ exact: await loadOnce(pickModule(EXACT)), graphs }, options);
}

/**
 * The HNSW index of this tab or worker; fetches its module once. Fails with `model-unavailable`. Creating or opening an index of
 * several threads fails with `worker-died` if one of them does not start.
 */
export async function loadHnswIndex({ threads = 1, ...options }: WebHnswOptions = {}): Promise<HnswKind> {
  const pool = checkedWhole("threads", threads, [1, 8]) === 1 ? undefined : await graphPoolOf(threads);
  return createHnsw(await loadOnce(pool ? TOGETHER : pickModule(SEARCH)), options, pool);
}

/** The scorer of token vectors of this tab or worker; fetches its module once. Fails with `model-unavailable`. */
export async function loadTokenScorer(): Promise<TokenScorer> {
  return openTokenScorer(await loadOnce(TOKENS));
}

/** The projection of MiniLM's hidden states to token vectors. Fails with `model-unavailable`, and with `bad-model` for a damaged file. */
export async function loadMinilmProjection(signal?: AbortSignal): Promise<TokenProjection> {
  const file = await fetched(MINILM_PROJECTION, signal).catch((cause) => {
    throw unavailable(cause);
  });
  return readTokenProjection(new Uint8Array(await file.arrayBuffer()));
}

/** The scan of this tab or worker; fetches its module once. Fails with `model-unavailable`. */
export async function loadExactIndex(options?: ExactOptions): Promise<ExactKind> {
  return createExact(await loadOnce(pickModule(EXACT)), options);
}

export interface WebEncoderOptions extends EncoderOptions {
  /** Stores which build is fastest, for the next visit. */
  readonly memory?: VerdictMemory | undefined;
  /**
   * The most threads that share a call's rows, the caller's among them. 1 to 8, default 1, and no more than the device has cores. Any
   * page may have them. Each holds a copy of the file and memory of its own. The encoder's `threads` says how many there are.
   */
  readonly threads?: number | undefined;
}

/**
 * A packed encoder in this tab or worker, on the build that is fastest here. Fails with `model-unavailable`, as `openEncoder` does,
 * and with `worker-died` if one of its threads does not start.
 */
export async function loadEncoder(
  file: EncoderBytes,
  { memory, threads = 1, ...options }: WebEncoderOptions = {},
): Promise<Encoder> {
  const isAlone = checkedWhole("threads", threads, [1, 8]) === 1;
  const { module } = await pickedEncoder(memory);
  if (isAlone) return openEncoder(module, file, options);
  const { openInWorkers } = await import("./encoder/web-encoder-pool.ts").catch((cause) => {
    throw unavailable(cause);
  });
  return openInWorkers(module, file, { ...options, threads });
}

/** The encoder's module for this device, to pack with or to open several encoders with. Fails with `model-unavailable`. */
export function pickedEncoder(memory?: VerdictMemory): Promise<PickedEncoder> {
  picking ??= pickEncoder((build) => loadOnce(ENCODER[build]), memory).catch((error) => {
    picking = undefined;
    throw error;
  });
  return picking;
}

let picking: Promise<PickedEncoder> | undefined;

// A caller of one thread does not load the code for several.
async function graphPoolOf(threads: number): Promise<ThreadPool | undefined> {
  const { webPool } = await import("./search/web-graph-pool.ts").catch((cause) => {
    throw unavailable(cause);
  });
  return webPool(threads);
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

async function fetched(url: URL, signal?: AbortSignal): Promise<Response> {
  const response = await fetch(url, signal && { signal });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response;
}

async function fetchModule(url: URL): Promise<WebAssembly.Module> {
  const response = await fetched(url);
  // Streaming compilation requires a content type that not every static host sends.
  const isTyped = response.headers.get("content-type")?.startsWith("application/wasm");
  return isTyped ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

function unavailable(cause: unknown): PipitError {
  return new PipitError("model-unavailable", {
    got: cause instanceof Error ? cause.message : String(cause),
    expected: "the kernel's files beside this script",
    do: "Serve them with the application and try again.",
    cause,
  });
}
