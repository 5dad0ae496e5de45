export { createExact, type ExactKind, type ExactScan } from "./exact/exact.ts";
export type { Metric } from "./exact/exact-kernel.ts";
export type { ExactFormat, ExactOptions } from "./exact/exact-options.ts";
export {
  type Quantizer,
  type QuantizerKind,
  type QuantizerLoss,
  type QuantizerOptions,
  trainQuantizer,
} from "./exact/quantizer.ts";
export { type GraphReport, inspectGraph } from "./graph/graph-report.ts";
export { createHnsw, type HnswKind } from "./graph/hnsw.ts";
export type { HnswIndex } from "./graph/hnsw-index.ts";
export type { HnswOptions, Originals } from "./graph/parameters.ts";
export { pickModule } from "./pick-module.ts";
export type { ByteReader } from "./snapshot/container-reader.ts";
