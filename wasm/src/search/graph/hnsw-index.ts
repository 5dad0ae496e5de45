import type { IndexStats, NeighborQuery, Neighbors, VectorIndex } from "@pipit/core";
import { joinContainer, writeContainer } from "../../shared/snapshot/container.ts";
import { assertQueryVector, assertRowVectors, toUnit } from "../../shared/vector-check.ts";
import type { TrialShape } from "../calibration/calibration-trial.ts";
import type { CalibrationTarget } from "../calibration/choose-trial.ts";
import { assertAsked, assertShape, type GraphShape } from "../options.ts";
import type { EfCurve } from "../truth/ef-curve.ts";
import type { MeasuredBy } from "../truth/sampled-query.ts";
import type { CurveOptions, RecallOptions } from "../truth/truth-options.ts";
import type { RecallReport } from "../truth/truth-sample.ts";
import { find, findMany } from "./find.ts";
import { GraphRecall } from "./graph-recall.ts";
import { CheckTimes, renewGraph, renewIfBlind } from "./graph-renewal.ts";
import { GraphRows } from "./graph-rows.ts";
import { assertOriginals, type CalibrateOptions, calibrateHnsw, type HnswCalibration } from "./hnsw-calibration.ts";
import type { HnswParts } from "./hnsw-parts.ts";
import { headerOf, type Kept, type Opened, sectionsOf } from "./hnsw-snapshot.ts";
import type { SearchKernel } from "./search-kernel.ts";
import { splitQueries } from "./split-queries.ts";
import type { Tuning } from "./tuning.ts";

export const KIND = "hnsw-int8";

/** A `VectorIndex` over the graph kernel. The kernel works synchronously within each call, on the caller's thread. */
export class HnswIndex implements VectorIndex {
  /** The owner's sequence number, stored in the snapshot. */
  sequence = 0n;
  readonly #parts: HnswParts;
  readonly #rows: GraphRows;
  readonly #held: GraphRecall;
  readonly #checks: CheckTimes;

  private constructor(kernel: SearchKernel, parts: HnswParts) {
    this.#parts = parts;
    this.#rows = new GraphRows(kernel);
    this.#held = new GraphRecall(this.#rows, parts);
    this.#checks = new CheckTimes(kernel.count);
  }

  static over(kernel: SearchKernel, parts: HnswParts): HnswIndex {
    return new HnswIndex(kernel, parts);
  }

  static opened({ kernel, truth, sequence, ...kept }: Opened, parts: HnswParts): HnswIndex {
    const index = new HnswIndex(kernel, parts);
    index.#rows.mapSlots();
    index.#held.restore(truth, kept);
    index.sequence = sequence;
    return index;
  }

  async add(rows: Uint32Array, vectors: Float32Array): Promise<void> {
    const { batch, shape } = this.#rows.kernel;
    const { dimensions } = shape;
    assertRowVectors(rows, vectors, shape);
    this.#rows.reserveFor(rows);
    const given = shape.metric === "cosine" ? toUnit(vectors, dimensions) : vectors;
    for (let from = 0; from < rows.length; from += batch) {
      const to = Math.min(from + batch, rows.length);
      this.#rows.put(rows.subarray(from, to), given.subarray(from * dimensions, to * dimensions));
      if (this.#checks.isDue(to - from)) await this.#checkCodes(rows.length - to);
    }
    this.#held.noteAdded(rows);
  }

  async remove(rows: Uint32Array): Promise<number> {
    const removed = this.#rows.remove(rows);
    this.#held.noteRemoved(rows, removed);
    return removed;
  }

  async search(query: Float32Array, asked: NeighborQuery): Promise<Neighbors> {
    assertQueryVector(query, this.opened().shape);
    const checked = assertAsked(asked);
    const { efChoice, searched } = this.#held;
    const unit = this.#rows.unit(query);
    const answer = efChoice.learning(() => find(searched, unit, checked));
    this.#held.observe(query);
    return this.#held.assured(answer, unit, checked);
  }

  /**
   * Answers many row-major queries in one call, with the same answers as `search`; it blocks this thread meanwhile. Without a filter
   * the threads of a pool share the queries. The deadline applies to each query. Fails as `search` does, before any query is
   * run, and with `worker-died` if a thread does not answer.
   */
  async searchMany(queries: Float32Array, asked: NeighborQuery): Promise<Neighbors[]> {
    const each = splitQueries(queries, this.opened().shape);
    const checked = assertAsked(asked);
    const units = each.map((query) => this.#rows.unit(query));
    const { efChoice, searched } = this.#held;
    const answers = efChoice.learning(() => findMany(searched, units, checked));
    for (const query of each) this.#held.observe(query);
    return answers.map((answer, i) => this.#held.assured(answer, units[i]!, checked));
  }

  /** `bytes` is all memory of the kernel, with room for coming rows and working memory. */
  stats(): IndexStats {
    const { count, dimensions, bytes } = this.#rows;
    return { kind: KIND, count, dimensions, bytes, recall: this.#held.now };
  }

  /** Whether f32 originals are kept, which `vectorOf` returns. */
  get keepsVectors(): boolean {
    return this.#rows.keepsVectors;
  }

  /** The rows of the index, in no particular order. */
  allRows(): Uint32Array {
    return this.#rows.all();
  }

  /** The stored vector of a row; undefined if the row is missing or no f32 originals are kept. */
  vectorOf(row: number): Float32Array | undefined {
    return this.#rows.vectorOf(row);
  }

  /** The queries that were asked, for another index of these rows to measure its recall with. */
  get measuredBy(): MeasuredBy {
    return this.#held.measuredBy;
  }

  /** Measures the recall with these, as if they had been asked here. */
  measureBy(by: MeasuredBy): void {
    this.#held.measureBy(by);
  }

  /** Milliseconds of a walk for ten neighbours at the held recall; undefined while unknown, and if every row is measured. */
  get expectedTime(): number | undefined {
    return this.#held.expectedTime;
  }

  /** Resolves when no measure of the recall is under way. */
  whenMeasured(): Promise<void> {
    return this.#held.whenMeasured();
  }

  /** Measures which ef holds the recall, as the first searches would in the background. */
  async holdRecall(): Promise<void> {
    this.opened();
    await this.#held.measureHeld();
  }

  /** Frees removed rows and orders the rest for fast walks. It blocks for a moment and does not change recall. */
  async compact(): Promise<void> {
    this.#rows.compact();
  }

  /** Recall over the kept sample of queries. At most `scans` stale truths are renewed first. */
  async recall(options?: RecallOptions): Promise<RecallReport> {
    this.opened();
    return this.#held.report(options);
  }

  /** Measures which ef gives which recall on the kept sample, so that searches may ask for a `target`. */
  async measureCurve(options: CurveOptions): Promise<EfCurve | undefined> {
    this.opened();
    return this.#held.measureCurve(options);
  }

  /** The result of `calibrate`; undefined before it. */
  get tuning(): Tuning | undefined {
    return this.#held.efChoice.tuning;
  }

  /**
   * Measures the ef for a recall on this index, and chooses m and efConstruction for its vectors on a sample of them. From then on,
   * searches that name neither ef nor target use that ef, also in an index opened from a snapshot. The graph stays as it is;
   * `rebuild` makes the chosen one.
   *
   * Ef is measured with queries that were asked or are given. Stored vectors stand in for missing ones and are easier to find:
   * calibrate a new index with some dozens of real queries.
   *
   * Fails with `unsupported` (no f32 originals), `bad-input` (an invalid target, too few rows), `aborted`.
   */
  async calibrate(target: CalibrationTarget, options: CalibrateOptions = {}): Promise<HnswCalibration> {
    const kernel = this.opened();
    const { clock } = this.#parts;
    const { signal, queries = new Float32Array(0) } = options;
    for (const query of splitQueries(queries, kernel.shape)) this.#held.observe(query);
    const build = async (shape: TrialShape) =>
      HnswIndex.over(await this.#parts.forge(this.#shapeBy(shape)), this.#parts);
    const measureCurve = (k: number) => this.#held.measureWhole(k, { target: target.recall, signal });
    const slots = this.#rows.slots.all();
    const calibration = await calibrateHnsw(target, { kernel, slots, build, clock, measureCurve }, options);
    this.#held.efChoice.tuning = calibration.tuning;
    return calibration;
  }

  /**
   * Rebuilds the graph with the calibrated or given parameters, and measures ef for the calibrated recall again. Both graphs are in
   * memory until it is done. Fails with `unsupported` (no f32 originals), `bad-input` or `storage-full`; then the old graph
   * stays.
   */
  async rebuild(shape: TrialShape | undefined = this.tuning): Promise<void> {
    assertOriginals(this.opened());
    await renewGraph(this.#rows, this.#shapeBy(shape ?? this.opened().shape), this.#parts.forge);
    this.#held.noteRenewed();
    const { tuning } = this;
    if (tuning) await this.#held.measureWhole(tuning.k, { target: tuning.recall });
  }

  async save(): Promise<Uint8Array<ArrayBuffer>> {
    const kernel = this.opened();
    return joinContainer(headerOf(kernel, this.#kept), sectionsOf(kernel, this.#held.toBytes()), kernel.hash);
  }

  /** The snapshot in pieces, for sets that should not be held twice. The index must not be changed meanwhile. */
  *saved(): Generator<Uint8Array> {
    const kernel = this.opened();
    yield* writeContainer(headerOf(kernel, this.#kept), sectionsOf(kernel, this.#held.toBytes()), kernel.hash);
  }

  get #kept(): Kept {
    return { sequence: this.sequence, tuning: this.tuning, changed: this.#held.changed };
  }

  /** Drops the kernel and its memory. */
  async close(): Promise<void> {
    this.#rows.close();
  }

  /** The kernel, for inspection of the graph. Throws `closed`. */
  opened(): SearchKernel {
    return this.#rows.kernel;
  }

  async #checkCodes(coming: number): Promise<void> {
    if (await renewIfBlind(this.#rows, coming, this.#parts.forge)) this.#held.noteRenewed();
  }

  /** This graph's shape with other parameters. */
  #shapeBy({ m, efConstruction }: TrialShape): GraphShape {
    return { ...this.opened().shape, ...assertShape({ m, efConstruction }) };
  }
}
