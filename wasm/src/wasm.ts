/**
 * Kinds of index and encoders over compiled modules; `node.ts` and `web.ts` load the modules. `createAdaptive` is the default: it
 * begins with `createExact`, which measures all rows or their codes, and changes to `createHnsw`, an approximate graph, when that
 * is faster at the same recall. `createSharded` makes one index of several. `openEncoder` computes vectors from a packed model.
 */

export { type EncodedTokens, type Encoder, type EncoderOptions, openEncoder } from "./encoder/encoder.ts";
export type { EncoderBytes } from "./encoder/encoder-bytes.ts";
export type { EncoderBuild } from "./encoder/encoder-exports.ts";
export type { EncoderAbout } from "./encoder/encoder-file.ts";
export type { EncoderShape } from "./encoder/encoder-shape.ts";
export { type PackerParts, packerOf } from "./encoder/packer.ts";
export { type PickedEncoder, pickEncoder, type VerdictMemory } from "./encoder/pick-encoder.ts";
export {
  type AdaptiveKind,
  type AdaptiveModules,
  type AdaptiveOptions,
  createAdaptive,
} from "./search/adaptive/adaptive.ts";
export type { AdaptiveIndex } from "./search/adaptive/adaptive-index.ts";
export type { Calibration, CalibrationProgress } from "./search/calibration/calibrate.ts";
export { calibrationTable } from "./search/calibration/calibration-table.ts";
export type { CalibrationTarget } from "./search/calibration/choose-trial.ts";
export { createExact, type ExactKind, type ExactScan } from "./search/exact/exact.ts";
export type { ExactFormat, ExactOptions } from "./search/exact/exact-options.ts";
export {
  type Quantizer,
  type QuantizerKind,
  type QuantizerLoss,
  type QuantizerOptions,
  trainQuantizer,
} from "./search/exact/quantizer.ts";
export { type GraphReport, inspectGraph } from "./search/graph/graph-report.ts";
export { createHnsw, type HnswKind } from "./search/graph/hnsw.ts";
export type { CalibrateOptions, HnswCalibration } from "./search/graph/hnsw-calibration.ts";
export type { HnswIndex } from "./search/graph/hnsw-index.ts";
export type { Tuning } from "./search/graph/tuning.ts";
export type { HnswOptions, Metric, Originals } from "./search/options.ts";
export type { ShardKind } from "./search/shards/shard-kind.ts";
export type { ShardedIndex } from "./search/shards/sharded-index.ts";
export { createSharded, type ShardedKind, type ShardOptions } from "./search/shards/sharded-kind.ts";
export type { EfCurve } from "./search/truth/ef-curve.ts";
export type { CurveOptions, RecallOptions } from "./search/truth/truth-options.ts";
export type { RecallReport } from "./search/truth/truth-sample.ts";
export { pickModule } from "./shared/pick-module.ts";
export { blobReader } from "./shared/snapshot/blob-reader.ts";
export type { ByteReader } from "./shared/snapshot/container-reader.ts";
export { openTokenScorer } from "./tokens/token-scorer.ts";
