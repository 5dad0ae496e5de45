import type { IndexKind } from "@pipit/core";
import { checkedPositive, checkedWhole } from "../../shared/option-check.ts";
import type { HashPieces } from "../../shared/snapshot/container.ts";
import { type ByteReader, kindOf } from "../../shared/snapshot/container-reader.ts";
import { createExact } from "../exact/exact.ts";
import { EXACT_KIND } from "../exact/exact-snapshot.ts";
import type { SharedScans } from "../exact/scan-pool.ts";
import type { HnswKind } from "../graph/hnsw.ts";
import { HELD_RECALL, type HnswOptions } from "../options.ts";
import type { Clock } from "../truth/search-times.ts";
import { AdaptiveIndex } from "./adaptive-index.ts";

export interface AdaptiveOptions extends Pick<HnswOptions, "m" | "efConstruction" | "maxBytes" | "metric"> {
  /** Recall that every search is held to: above 0 to 1, default .99. */
  readonly recall?: number | undefined;
  /** Milliseconds that a search of the scan may take before a graph is built. Default 4, a quarter of a frame. */
  readonly budget?: number | undefined;
  /** Fewer rows are always scanned, but that a graph stays until they are half as many. Default 50,000. */
  readonly graphFrom?: number | undefined;
  /** The clock that times searches; default `performance.now()`. Where it stands still within a call, the scan stays. */
  readonly clock?: Clock | undefined;
}

export interface AdaptiveKind extends IndexKind {
  /** XXH64, at memory speed. */
  readonly hash: HashPieces;
  create(dimensions: number): Promise<AdaptiveIndex>;
  /** From memory, or from anything that can be read by ranges. */
  open(snapshot: Uint8Array | ByteReader, dimensions: number): Promise<AdaptiveIndex>;
}

export interface AdaptiveModules {
  readonly exact: WebAssembly.Module;
  /** Threads that take parts of large scans. */
  readonly shared?: SharedScans | undefined;
  /** The graph's kind, loaded when one is first needed. */
  graphs(options: HnswOptions): Promise<HnswKind>;
}

const BUDGET = 4;
const GRAPH_FROM = 50_000;
// Codes are calibrated once scanning them pays; until then every vector is measured.
const CALIBRATE_AT = 4096;

/**
 * The default index: an exact scan, by bits first and vectors last, and a graph where the scan takes too long on this
 * device. It holds a recall, and says in `stats` which it reached. Throws `bad-input` for options outside their ranges.
 */
export function createAdaptive(modules: AdaptiveModules, options: AdaptiveOptions = {}): AdaptiveKind {
  const { recall = HELD_RECALL, budget = BUDGET, clock = () => performance.now(), metric, maxBytes } = options;
  checkedPositive("a budget in ms", budget);
  const graphFrom = checkedWhole("graphFrom", options.graphFrom ?? GRAPH_FROM, [1, 2 ** 32]);
  const scanOptions = { firstPass: "bit", calibrateAt: CALIBRATE_AT, metric, recall, maxBytes, clock } as const;
  const scans = createExact(modules.exact, scanOptions, modules.shared);
  const { m, efConstruction } = options;
  const graphs = () => modules.graphs({ m, efConstruction, metric, maxBytes, recall, clock });
  const parts = (dimensions: number) => ({
    ...{ dimensions, budget, graphFrom, clock },
    createScan: () => scans.create(dimensions),
    createGraph: async () => (await graphs()).create(dimensions),
  });
  return {
    name: "adaptive",
    get hash() {
      return scans.hash;
    },
    create: async (dimensions) => AdaptiveIndex.scanning(await scans.create(dimensions), parts(dimensions)),
    open: async (snapshot, dimensions) => {
      const isScan = (await kindOf(snapshot)) === EXACT_KIND;
      if (isScan) return AdaptiveIndex.scanning(await scans.open(snapshot, dimensions), parts(dimensions));
      return AdaptiveIndex.walking(await (await graphs()).open(snapshot, dimensions), parts(dimensions));
    },
  };
}
