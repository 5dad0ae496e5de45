/**
 * Kinds of index and encoders over compiled modules; `node.ts` and `web.ts` load the modules. `createAdaptive` is the default: it
 * begins with `createExact`, which measures all rows or their codes, and changes to `createHnsw`, an approximate graph, when that
 * is faster at the same recall. `createSharded` makes one index of several. `openEncoder` computes vectors from a packed model.
 */
export {
  type AdaptiveKind,
  type AdaptiveModules,
  type AdaptiveOptions,
  createAdaptive,
} from "./adaptive/adaptive.ts";
export type { AdaptiveIndex } from "./adaptive/adaptive-index.ts";
export type { Calibration, CalibrationProgress } from "./calibration/calibrate.ts";
export { calibrationTable } from "./calibration/calibration-table.ts";
export type { CalibrationTarget } from "./calibration/choose-trial.ts";
export { type Encoder, type EncoderOptions, openEncoder } from "./encoder/encoder.ts";
export type { EncoderBytes } from "./encoder/encoder-bytes.ts";
export type { EncoderBuild } from "./encoder/encoder-exports.ts";
export type { EncoderAbout } from "./encoder/encoder-file.ts";
export type { EncoderShape } from "./encoder/encoder-shape.ts";
export { type EncoderSearch, findEncoder, isPackable, type KeptFile, type Packing } from "./encoder/find-encoder.ts";
export { type PickedEncoder, pickEncoder, type VerdictMemory } from "./encoder/pick-encoder.ts";
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
export type { CalibrateOptions, HnswCalibration } from "./graph/hnsw-calibration.ts";
export type { HnswIndex } from "./graph/hnsw-index.ts";
export type { HnswOptions, Originals } from "./graph/parameters.ts";
export type { Tuning } from "./graph/tuning.ts";
export { pickModule } from "./pick-module.ts";
export type { ShardKind } from "./shards/shard-kind.ts";
export type { ShardedIndex } from "./shards/sharded-index.ts";
export { createSharded, type ShardedKind, type ShardOptions } from "./shards/sharded-kind.ts";
export { blobReader } from "./snapshot/blob-reader.ts";
export type { ByteReader } from "./snapshot/container-reader.ts";
export type { EfCurve } from "./truth/ef-curve.ts";
export type { CurveOptions, RecallOptions } from "./truth/truth-options.ts";
export type { RecallReport } from "./truth/truth-sample.ts";
