export { badInput, LimitError } from "./bad-input.ts";
export { bertText } from "./bert-text.ts";
export {
  type CachedEmbedder,
  type CacheOptions,
  type CacheStats,
  cacheEmbeddings,
} from "./cache/cached-embedder.ts";
export { createMemoryBytes, type MemoryBytesOptions } from "./cache/memory-bytes.ts";
export { characterEnd } from "./character-end.ts";
export { assertSource, checkedEntry, checkedPatch, type PlainEntry } from "./checks/check-entry.ts";
export { checkedFields } from "./checks/check-fields.ts";
export { checkedId, checkedIds } from "./checks/check-id.ts";
export { checkedBytes } from "./checks/check-media.ts";
export { assertSignal, checkedAdd } from "./checks/check-options.ts";
export { checkedSearch, type PlainQuery, type PlainSearch } from "./checks/check-search.ts";
export { checkedText, checkedTexts } from "./checks/check-text.ts";
export { entryCharacters } from "./checks/entry-characters.ts";
export { plainFilter } from "./checks/plain-filter.ts";
export { closedError } from "./closed-error.ts";
export type { FurtherSpace } from "./collection/derived-kinds.ts";
export { fluencyOf } from "./collection/fluency.ts";
export { type CollectionParts, openCollection } from "./collection/local-collection.ts";
export { createMemoryStore, MemoryDatabase } from "./collection/memory-store.ts";
export type { BatchModel, BatchShape, TokenModel } from "./embed/batch-model.ts";
export type { Face, Point } from "./embed/face-boxes.ts";
export {
  createFaceFinder,
  type FaceFinder,
  type FaceFinderOptions,
  type FindFacesOptions,
} from "./embed/face-finder.ts";
export { joinEmbedders } from "./embed/joined-embedder.ts";
export { createKernelTextModel, type KernelTextModelOptions, type TokenEncoder } from "./embed/kernel-model.ts";
export {
  createKernelPictureModel,
  type KernelPictureModelOptions,
  type PictureEncoder,
} from "./embed/kernel-picture-model.ts";
export { createLane } from "./embed/lane.ts";
export { createOnnxTextModel, type OnnxTextModelOptions } from "./embed/onnx-model.ts";
export { createOnnxPictureModel, type OnnxPictureModelOptions } from "./embed/onnx-picture-model.ts";
export type * from "./embed/onnx-runtime.ts";
export { createPictureClassifier, type NamedLabel, type PictureClassifier } from "./embed/picture-classifier.ts";
export { type Proof, proveModel } from "./embed/proof.ts";
export { createTextTokenizer, type TextTokenizer } from "./embed/text-tokenizer.ts";
export { AddTally } from "./engine/add-tally.ts";
export type { EmbedderChoice, LoadEmbedder } from "./engine/chosen-embedder.ts";
export { type ClassifyOptions, classifyPicture, type LabelProbability } from "./engine/classify-picture.ts";
export type { MediaReaders } from "./engine/embed-media.ts";
export { createEngine, type EarlyEngineParts, type EngineParts, type LocalEngine } from "./engine/engine.ts";
export { EntryBatch, entryBatches } from "./engine/entry-batches.ts";
export { OpenCalls } from "./engine/open-calls.ts";
export { sourceUntil } from "./engine/source-until.ts";
export type { Entry, Fields, FieldValue, Medium } from "./entry.ts";
export * from "./errors.ts";
export { type Answer, type Measures, measuresOf, ndcgAt } from "./evaluation/measures.ts";
export { holdsText } from "./held-text.ts";
export { exactIndex } from "./index/exact-index.ts";
export { letOthersRun, Slices } from "./let-others-run.ts";
export { LIMITS } from "./limits.ts";
export type { PictureClassifierSpec } from "./models/classifier-model.ts";
export { type ClipModel, type ClipParts, clipModel } from "./models/clip.ts";
export { folderOf } from "./models/folders-of.ts";
export { goldenPictures } from "./models/golden-pictures.ts";
export type { Golden } from "./models/golden-vectors.ts";
export { type FetchLike, httpSource, type ResponseLike } from "./models/http-source.ts";
export { INAT_BIRDS } from "./models/inat-birds.ts";
export { knownFiles } from "./models/known-files.ts";
export { MINILM_GOLDEN } from "./models/minilm-golden.ts";
export * from "./models/model-listing.ts";
export type { PictureModelSpec } from "./models/picture-model.ts";
export { packedProducerOf } from "./models/producer-of.ts";
export { MINILM, MINILM_SPACE } from "./models/registry.ts";
export { resumingFetch } from "./models/resuming-fetch.ts";
export { siglipModel } from "./models/siglip.ts";
export * from "./models/sources.ts";
export type * from "./models/text-model.ts";
export { contentOf, picturesOf, textsOf, whyNotPieces } from "./pieces.ts";
export * from "./ports/byte-store.ts";
export type * from "./ports/collection.ts";
export * from "./ports/embedder.ts";
export type * from "./ports/entry-store.ts";
export type * from "./ports/evidence.ts";
export type { Bounds, Filter } from "./ports/filter.ts";
export type * from "./ports/locus.ts";
export type * from "./ports/medium-preparer.ts";
export type * from "./ports/model-logits.ts";
export type * from "./ports/picture.ts";
export type * from "./ports/search-engine.ts";
export type * from "./ports/token-scorer.ts";
export type * from "./ports/vector-index.ts";
export type { WordMeanings } from "./ports/word-meanings.ts";
export { type SplitOptions, splitPassages } from "./prepare/passages.ts";
export {
  CLIP_PICTURES,
  fittedPicture,
  type PicturePreprocessing,
  pictureInput,
  SIGLIP_PICTURES,
} from "./prepare/pictures/picture-input.ts";
export { picturePiece } from "./prepare/pictures/picture-piece.ts";
export type { Span } from "./prepare/span.ts";
export { isRead, type QueryReading, readingOfQuery } from "./prepare/split-by-reading.ts";
export { PREPROCESSING, textPiece } from "./prepare/text-piece.ts";
export { type KeptFile, type Packer, weightsToPack } from "./providers/find-packed.ts";
export type { ProjectionSearch, ProjectionSource } from "./providers/find-projection.ts";
export { kernelProvider } from "./providers/kernel-provider.ts";
export { MINILM_MODEL } from "./providers/minilm-model.ts";
export { onnxPictureProvider } from "./providers/onnx-picture-provider.ts";
export { onnxProvider } from "./providers/onnx-provider.ts";
export { type ProvableEncoder, type ProvenEmbedder, provenEmbedder } from "./providers/proven-embedder.ts";
export {
  closeAll,
  type ProvenModel,
  provenModels,
  whyProven,
  whySkipped,
} from "./providers/proven-models.ts";
export type * from "./providers/provider.ts";
export { reopeningModel } from "./providers/reopening-model.ts";
export { compileFilter } from "./search/compile-filter.ts";
export type { CosineRelevance } from "./search/cosine-relevance.ts";
export { labelProbabilities } from "./search/label-probabilities.ts";
export { type AskedQuery, evidenceSum, leastLikely, probabilitiesOf } from "./search/relevance.ts";
export type { Calibration, EvidenceWeights, RelevanceWeights } from "./search/relevance-weights.ts";
export { SharedWork } from "./shared-work.ts";
export { assertSameSpace, assertSpaceId, type Script, type Space, type SpaceParts, spaceOf } from "./space.ts";
export { rowsOf } from "./stored-rows.ts";
export { whyNotStoredTokens } from "./stored-tokens.ts";
export { lateInteraction } from "./tokens/late-interaction.ts";
export { MINILM_TOKENS } from "./tokens/minilm-tokens.ts";
export { projectTokens } from "./tokens/project-tokens.ts";
export {
  assertProjects,
  type ProjectionParts,
  readTokenProjection,
  type TokenProjection,
  writeTokenProjection,
} from "./tokens/token-projection.ts";
export { assertComparable, signBits } from "./tokens/token-vectors.ts";
export { KeyedTurns } from "./turns/keyed-turns.ts";
export type { Turn } from "./turns/turn.ts";
export { Turns, type TurnsOptions } from "./turns/turns.ts";
export { whyNotUnitRows } from "./unit-rows.ts";
export { untilAborted } from "./until-aborted.ts";
export { folded, plainLetters, type Term, termsOf } from "./words/folded-words.ts";
export { checkedLanguage, type StemmedLanguage, wordsOfLanguage } from "./words/languages.ts";
export { matchingRanges } from "./words/matching-ranges.ts";
export type { WeightedText, WordUnit } from "./words/unit-words.ts";
export type { WordEvidence } from "./words/word-evidence.ts";
export {
  type WordAnswer,
  WordIndex,
  type WordIndexHit,
  type WordIndexOptions,
  type WordSearchOptions,
} from "./words/word-index.ts";
export { readWordQuery, type WordQuery } from "./words/word-query.ts";
