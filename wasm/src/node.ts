/// <reference types="node" />
import { readFile } from "node:fs/promises";
import { readTokenProjection, type TokenProjection, type TokenScorer } from "@pipit/core";
import { type Encoder, type EncoderBytes, type EncoderOptions, openEncoder } from "./encoder/encoder.ts";
import { type EncoderThreadOptions, openTogether } from "./encoder/encoder-pool.ts";
import { nodeEncoderThreads } from "./encoder/node-encoder-pool.ts";
import { type PickedEncoder, pickEncoder } from "./encoder/pick-encoder.ts";
import { type AdaptiveKind, type AdaptiveOptions, createAdaptive } from "./search/adaptive/adaptive.ts";
import { createExact, type ExactKind } from "./search/exact/exact.ts";
import type { ExactOptions } from "./search/exact/exact-options.ts";
import type { SharedScans } from "./search/exact/scan-pool.ts";
import { createHnsw, type HnswKind } from "./search/graph/hnsw.ts";
import { nodeGraphPool } from "./search/node-graph-pool.ts";
import { nodeScanPool } from "./search/node-scan-pool.ts";
import type { HnswOptions } from "./search/options.ts";
import { checkedWhole } from "./shared/option-check.ts";
import { pickModule } from "./shared/pick-module.ts";
import { openTokenScorer } from "./tokens/token-scorer.ts";

export { nodeScanPool } from "./search/node-scan-pool.ts";

export interface NodeIndexOptions extends AdaptiveOptions, Pick<NodeHnswOptions, "threads"> {
  /** Threads that share a large scan, the caller's among them. 1 to 8, default 1; they need an engine with relaxed SIMD. */
  readonly scanThreads?: number | undefined;
}

export interface NodeHnswOptions extends HnswOptions {
  /** Threads that share builds and `searchMany`, the caller's among them. 1 to 8, default 1; they need an engine with relaxed SIMD. */
  readonly threads?: number | undefined;
}

/** The default index on Node: a scan, replaced by a graph where that is faster. */
export async function loadIndex({ threads, scanThreads, ...options }: NodeIndexOptions = {}): Promise<AdaptiveKind> {
  const graphs = (asked: HnswOptions) => loadHnswIndex({ ...asked, threads });
  const [exact, shared] = await Promise.all([loadPicked("exact"), sharedScans(scanThreads)]);
  return createAdaptive({ exact, shared, graphs }, options);
}

/** The HNSW index on Node. */
export async function loadHnswIndex({ threads = 1, ...options }: NodeHnswOptions = {}): Promise<HnswKind> {
  checkedWhole("threads", threads, [1, 8]);
  if (threads === 1) return createHnsw(await loadPicked("search"), options);
  return createHnsw(await loadBuild("threads"), options, nodeGraphPool(threads));
}

export interface NodeExactOptions extends ExactOptions, Pick<NodeIndexOptions, "scanThreads"> {}

/** The scan on Node. */
export async function loadExactIndex({ scanThreads, ...options }: NodeExactOptions = {}): Promise<ExactKind> {
  const [module, shared] = await Promise.all([loadPicked("exact"), sharedScans(scanThreads)]);
  return createExact(module, options, shared);
}

async function sharedScans(threads = 1): Promise<SharedScans | undefined> {
  checkedWhole("scanThreads", threads, [1, 8]);
  if (threads === 1) return undefined;
  return { module: await loadBuild("threads", "exact"), pool: nodeScanPool(threads) };
}

export interface NodeEncoderOptions extends EncoderOptions, Pick<EncoderThreadOptions, "caller"> {
  /**
   * Threads that share a call's rows, the caller's among them unless it waits. 1 to 8, default 1. Each holds a copy of the file and
   * memory of its own.
   */
  readonly threads?: number | undefined;
}

/**
 * A packed encoder on the build that is fastest on this machine. Fails as `openEncoder` does, and with `worker-died` if one of its
 * threads does not start.
 */
export async function loadEncoder(
  file: EncoderBytes,
  { threads = 1, caller, ...options }: NodeEncoderOptions = {},
): Promise<Encoder> {
  checkedWhole("threads", threads, [1, 8]);
  quickest ??= pickEncoder((build) => loadBuild(build, "encoder"));
  const { module } = await quickest;
  if (threads === 1) return openEncoder(module, file, options);
  return openTogether(module, file, { ...options, caller, pool: nodeEncoderThreads(threads) });
}

/** The scorer of token vectors on Node. */
export async function loadTokenScorer(): Promise<TokenScorer> {
  return openTokenScorer(await loadBuild("simd", "tokens"));
}

/** The projection of MiniLM's hidden states to token vectors. */
export async function loadMinilmProjection(): Promise<TokenProjection> {
  return readTokenProjection(await readFile(new URL("../minilm-tokens.pipit", import.meta.url)));
}

let quickest: Promise<PickedEncoder> | undefined;

/** One build of a kernel, compiled; tests compare the builds. The one for threads needs shared memory. */
export async function loadBuild(
  build: "relaxed" | "maddubs" | "simd" | "threads",
  kernel: "search" | "exact" | "encoder" | "tokens" = "search",
): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(new URL(`../build/${kernel}-${build}.wasm`, import.meta.url)));
}

function loadPicked(kernel: "search" | "exact"): Promise<WebAssembly.Module> {
  return loadBuild(pickModule({ relaxed: "relaxed", simd: "simd" }), kernel);
}
