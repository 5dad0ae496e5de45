import {
  type IndexStats,
  isPipitError,
  type NeighborQuery,
  type Neighbors,
  PipitError,
  type VectorIndex,
} from "@pipit/core";
import type { TrialShape } from "../calibration/calibration-trial.ts";
import type { CalibrationTarget } from "../calibration/choose-trial.ts";
import { joinContainer, writeContainer } from "../snapshot/container.ts";
import { badSnapshot } from "../snapshot/container-reader.ts";
import type { EfCurve } from "../truth/ef-curve.ts";
import type { Random } from "../truth/random.ts";
import { RecallHold } from "../truth/recall-hold.ts";
import type { MeasuredBy, StoredVector } from "../truth/sampled-query.ts";
import type { CurveOptions, RecallOptions } from "../truth/truth-options.ts";
import { type RecallReport, TruthSample } from "../truth/truth-sample.ts";
import { assertQueryVector, assertRowVectors, toUnit } from "../vector-check.ts";
import { Breadth, type BreadthParts } from "./breadth.ts";
import { areCodesBlind } from "./codes-check.ts";
import { costOf } from "./filtered-breadth.ts";
import { find, findMany, type Searched } from "./find.ts";
import { assertOriginals, type CalibrateOptions, calibrateHnsw, type HnswCalibration } from "./hnsw-calibration.ts";
import { headerOf, type Opened, sectionsOf } from "./hnsw-snapshot.ts";
import { lastOfEach } from "./last-of-each.ts";
import { assertAsked, assertShape, type GraphShape, WIDEST } from "./parameters.ts";
import type { SearchKernel } from "./search-kernel.ts";
import { SlotMap } from "./slot-map.ts";
import type { Tuning } from "./tuning.ts";

export const KIND = "hnsw-int8";

// Of so many removed rows, and that share of the others, the kernel frees none: assembly/search/remove.ts.
const UNSWEPT_FEW = 16;
const UNSWEPT_SHARE = 1 / 16;

// Codes are checked when so many rows were added, and again each time that they are four times as many.
const FIRST_CHECK = 1024;
const CHECK_GROWTH = 4;

export interface HnswParts extends Omit<BreadthParts, "efFor" | "held"> {
  /** Recall that searches are held to which name neither ef nor target. */
  readonly recall: number;
  /** Makes an empty kernel, with its crew where there is one. */
  forge(shape: GraphShape): Promise<SearchKernel>;
}

/** The port's promises are kept at once: the kernel works within the call, on whatever thread that is. */
export class HnswIndex implements VectorIndex {
  /** What the owner says that the snapshot covers; kept in it. */
  sequence = 0n;
  private readonly parts: HnswParts;
  private readonly dimensions: number;
  private readonly breadth: Breadth;
  private kernel: SearchKernel | undefined;
  private slots = new SlotMap();
  private truth: TruthSample;
  private readonly hold: RecallHold;
  private added: number;
  private nextCheck = FIRST_CHECK;

  private constructor(kernel: SearchKernel, parts: HnswParts) {
    this.kernel = kernel;
    this.parts = parts;
    this.dimensions = kernel.shape.dimensions;
    this.truth = TruthSample.create(this.truthSource(), { dimensions: this.dimensions });
    this.hold = new RecallHold({
      target: parts.recall,
      truth: () => this.truth,
      search: (query, k, ef) => this.searchUnseen(query, { k, ef }),
      clock: parts.clock,
      isWorth: (ef, count) => ef <= WIDEST && costOf(ef) < count,
    });
    this.breadth = new Breadth({
      ...parts,
      efFor: (target, k) => this.truth.efFor(target, k),
      held: (k) => this.hold.breadth(k, this.kernel?.count ?? 0),
    });
    this.added = kernel.count;
    while (this.nextCheck <= this.added) this.nextCheck *= CHECK_GROWTH;
  }

  static over(kernel: SearchKernel, parts: HnswParts): HnswIndex {
    return new HnswIndex(kernel, parts);
  }

  static opened({ kernel, truth, sequence, tuning }: Opened, parts: HnswParts): HnswIndex {
    const index = new HnswIndex(kernel, parts);
    index.mapSlots(kernel);
    index.truth = TruthSample.fromBytes(truth, index.truthSource(), kernel.shape.dimensions);
    index.sequence = sequence;
    index.breadth.tuning = tuning;
    index.hold.restoreCurve(index.truth.curve, kernel.count);
    return index;
  }

  async add(rows: Uint32Array, vectors: Float32Array): Promise<void> {
    const kernel = this.opened();
    assertRowVectors(rows, vectors, kernel.shape);
    kernel.reserve(this.roomFor(rows, kernel));
    const given = kernel.shape.metric === "cosine" ? toUnit(vectors, this.dimensions) : vectors;
    for (let from = 0; from < rows.length; from += kernel.batch) {
      const to = Math.min(from + kernel.batch, rows.length);
      this.put(this.opened(), rows.subarray(from, to), given.subarray(from * this.dimensions, to * this.dimensions));
      this.added += to - from;
      if (this.added >= this.nextCheck) await this.checkCodes(rows.length - to);
    }
    this.truth.noteAdded(rows);
    this.hold.noteChanged(rows.length);
  }

  async remove(rows: Uint32Array): Promise<number> {
    const kernel = this.opened();
    const removed = rows.reduce((count, row) => count + (this.drop(kernel, row) ? 1 : 0), 0);
    this.tidy(kernel);
    this.truth.noteRemoved(rows);
    this.hold.noteChanged(removed);
    return removed;
  }

  async search(query: Float32Array, asked: NeighborQuery): Promise<Neighbors> {
    const kernel = this.opened();
    assertQueryVector(query, kernel.shape);
    const wanted = assertAsked(asked);
    const answer = this.breadth.learning(() => find(this.searched(kernel), this.unit(query), wanted));
    this.truth.observe(query);
    return answer;
  }

  /**
   * Answers many queries, row-major, in one call, as `search` would one by one; nothing else runs meanwhile on this
   * thread. A crew walks together where no filter is given. A deadline is for each query on its own. Fails as `search` does
   * before any query was asked, and with `worker-died` when a thread does not come back.
   */
  async searchMany(queries: Float32Array, asked: NeighborQuery): Promise<Neighbors[]> {
    const kernel = this.opened();
    const each = splitQueries(queries, kernel.shape);
    const wanted = assertAsked(asked);
    const units = each.map((query) => this.unit(query));
    const answers = this.breadth.learning(() => findMany(this.searched(kernel), units, wanted));
    for (const query of each) this.truth.observe(query);
    return answers;
  }

  /** `bytes` is all that the kernel took, room for coming rows and working memory included. */
  stats(): IndexStats {
    const { kernel, dimensions } = this;
    const count = kernel?.count ?? 0;
    return { kind: KIND, count, dimensions, bytes: kernel?.bytes ?? 0, recall: this.recallNow(count) };
  }

  /** Whether `vectorOf` has them: f32 originals. */
  get keepsVectors(): boolean {
    return this.kernel?.shape.originals === "f32";
  }

  /** The rows that are there, in no order. */
  allRows(): Uint32Array {
    const kernel = this.opened();
    return this.slots.all().map((slot) => kernel.rowOf(slot));
  }

  /** The vector of a row, as it is kept; undefined when the row is not there, or no f32 originals are kept. */
  vectorOf(row: number): Float32Array | undefined {
    const slot = this.slots.get(row);
    return slot === undefined ? undefined : this.opened().originalOf(slot);
  }

  /** What another index of these rows is to measure its recall by: queries that were asked. */
  get measuredBy(): MeasuredBy {
    return { queries: this.truth.asked, rows: [] };
  }

  /** Measures the recall by these, as if they had been asked here. */
  measureBy({ queries, rows }: MeasuredBy): void {
    for (const query of queries) this.truth.observe(query);
    this.truth.standIn(rows);
  }

  /** Milliseconds that a held search of ten takes by walking; undefined while that is unknown or every row is measured. */
  get expectedTime(): number | undefined {
    return this.hold.expectedTime(this.kernel?.count ?? 0);
  }

  /** Resolves when no measure of the recall is under way. */
  whenMeasured(): Promise<void> {
    return this.hold.whenMeasured();
  }

  /** Measures which ef holds the recall, as the first searches would in the background. */
  async holdRecall(): Promise<void> {
    this.opened();
    await this.hold.measure();
  }

  /** Frees what was removed, lays all out anew for quick walks; takes a moment, changes no answer's truth. */
  async compact(): Promise<void> {
    const kernel = this.opened();
    kernel.compact();
    this.mapSlots(kernel);
  }

  /** Recall over the kept sample of queries; stale truths are scanned for, as many as `scans` allows. */
  async recall(options?: RecallOptions): Promise<RecallReport> {
    this.opened();
    return this.truth.recall((query, k, ef) => this.searchUnseen(query, { k, ef }), options);
  }

  /** Measures which ef gives which recall on the kept sample, so that searches may ask for a `target`. */
  async measureCurve(options: CurveOptions): Promise<EfCurve | undefined> {
    this.opened();
    const curve = await this.truth.measureCurve((query, k, ef) => this.searchUnseen(query, { k, ef }), options);
    this.retune();
    return curve;
  }

  /** What calibrating chose; undefined when that was never done. */
  get tuning(): Tuning | undefined {
    return this.breadth.tuning;
  }

  /**
   * Finds ef for a recall on this index as it is, and the m and efConstruction that suit its vectors, on a sample of them.
   * Searches that name neither ef nor target go by that ef from then on, also in an index opened from a snapshot. The
   * graph stays; `rebuild` makes the one that was chosen.
   *
   * Ef is measured by queries that were asked, or are given. Stored vectors stand in for missing ones and are easier to
   * find: a new index is best calibrated with some dozens of real queries.
   *
   * Fails with `unsupported` (no f32 originals), `bad-input` (a target that is none, too few rows), `aborted`.
   */
  async calibrate(target: CalibrationTarget, options: CalibrateOptions = {}): Promise<HnswCalibration> {
    const kernel = this.opened();
    const { clock } = this.parts;
    const { signal, queries = new Float32Array(0) } = options;
    for (const query of splitQueries(queries, kernel.shape)) this.truth.observe(query);
    const build = (shape: TrialShape) => this.twin(shape);
    const measureCurve = (k: number) =>
      this.measureCurve({ ...this.wholeTruth(k), target: target.recall, clock, signal });
    const slots = this.slots.all();
    const calibration = await calibrateHnsw(target, { kernel, slots, build, clock, measureCurve }, options);
    this.breadth.tuning = calibration.tuning;
    return calibration;
  }

  /**
   * Builds the graph anew, as calibrated or as given, and measures ef for the calibrated recall again. Both graphs are in
   * memory until it is done. Fails with `unsupported` (no f32 originals), `bad-input` or `storage-full`; the old graph
   * stays then.
   */
  async rebuild(shape: TrialShape | undefined = this.tuning): Promise<void> {
    assertOriginals(this.opened());
    const twin = await this.twin(shape ?? this.opened().shape);
    try {
      twin.takeOver(this.opened(), this.slots);
    } catch (error) {
      await twin.close();
      throw error;
    }
    this.become(twin);
    const { tuning } = this;
    const { clock } = this.parts;
    if (tuning) await this.measureCurve({ ...this.wholeTruth(tuning.k), target: tuning.recall, clock });
  }

  async save(): Promise<Uint8Array<ArrayBuffer>> {
    const kernel = this.opened();
    return joinContainer(headerOf(kernel, this), sectionsOf(kernel, this.truth.toBytes()), kernel.hash);
  }

  /** The snapshot in pieces, for sets that should not be held twice. The index must not be changed meanwhile. */
  *saved(): Generator<Uint8Array> {
    const kernel = this.opened();
    yield* writeContainer(headerOf(kernel, this), sectionsOf(kernel, this.truth.toBytes()), kernel.hash);
  }

  /** Lets go of the kernel and with it of its memory. */
  async close(): Promise<void> {
    this.kernel?.dismiss();
    this.kernel = undefined;
    this.slots = new SlotMap();
  }

  /** For looking at the graph. Throws `closed`. */
  opened(): SearchKernel {
    if (this.kernel) return this.kernel;
    throw new PipitError("closed", {
      got: "a call to a closed index",
      expected: "an open one",
      do: "Open the collection again.",
    });
  }

  private async searchUnseen(query: Float32Array, asked: NeighborQuery): Promise<Neighbors> {
    return find(this.searched(this.opened()), this.unit(query), assertAsked(asked));
  }

  private searched(kernel: SearchKernel): Searched {
    const { slots, breadth } = this;
    return { kernel, slots, breadth };
  }

  /** The query as the kernel is to be asked it. */
  private unit(query: Float32Array): Float32Array {
    return this.opened().shape.metric === "cosine" ? toUnit(query, this.dimensions) : query;
  }

  private truthSource() {
    return {
      count: () => this.kernel?.count ?? 0,
      scan: (query: Float32Array, k: number) => this.scanForTruth(query, k),
      draw: (random: Random) => this.drawStored(random),
      pause: () => this.hold.pause(),
    };
  }

  private scanForTruth(query: Float32Array, k: number): Neighbors {
    return this.opened().scan(this.unit(query), this.slots.all(), { k });
  }

  private drawStored(random: Random): StoredVector | undefined {
    const kernel = this.opened();
    const slot = random.below(kernel.slots);
    if (kernel.count === 0 || !kernel.holdsRow(slot)) return undefined;
    const vector = kernel.originalOf(slot);
    return vector && { row: kernel.rowOf(slot), vector };
  }

  /** Slots that the call takes at most: new rows, and replaced ones until the sweep that they make due. */
  private roomFor(rows: Uint32Array, kernel: SearchKernel): number {
    const replaced = rows.reduce((count, row) => count + (this.slots.get(row) === undefined ? 0 : 1), 0);
    const fresh = rows.length - replaced;
    const unswept = UNSWEPT_FEW + Math.floor((kernel.count + fresh) * UNSWEPT_SHARE) - kernel.removed;
    return fresh + Math.min(replaced, Math.max(0, unswept));
  }

  private put(kernel: SearchKernel, rows: Uint32Array, vectors: Float32Array): void {
    for (const row of rows) this.drop(kernel, row);
    this.tidy(kernel);
    const [kept, values] = lastOfEach(rows, vectors, this.dimensions);
    const slots = kernel.insert(kept, values);
    for (const [i, row] of kept.entries()) this.slots.set(row, slots[i]!);
  }

  private drop(kernel: SearchKernel, row: number): boolean {
    const slot = this.slots.get(row);
    if (slot === undefined) return false;
    kernel.remove(slot);
    this.slots.delete(row);
    return true;
  }

  private tidy(kernel: SearchKernel): void {
    if (kernel.prepare()) this.mapSlots(kernel);
  }

  /** Goes on with another graph of the same rows. */
  private become(twin: HnswIndex): void {
    this.kernel?.dismiss();
    this.kernel = twin.kernel;
    this.slots = twin.slots;
    this.truth.forgetCurve();
    this.hold.noteChanged(this.opened().count);
  }

  /** Where codes cannot tell neighbours apart the graph is built anew by originals, with room for so many rows to come. */
  private async checkCodes(coming: number): Promise<void> {
    this.nextCheck *= CHECK_GROWTH;
    const kernel = this.opened();
    const { originals, measured } = kernel.shape;
    if (measured === "originals" || originals !== "f32" || !areCodesBlind(kernel, this.slots.all())) return;
    const twin = HnswIndex.over(await this.parts.forge({ ...kernel.shape, measured: "originals" }), this.parts);
    try {
      const rows = kernel.count + coming;
      twin.opened().reserve(rows + UNSWEPT_FEW + Math.floor(rows * UNSWEPT_SHARE));
      twin.takeOver(kernel, this.slots);
    } catch (error) {
      await twin.close();
      // Two graphs do not fit. The one by codes stays, and searches that are held measure every row.
      if (isPipitError(error, "storage-full")) return;
      throw error;
    }
    this.become(twin);
  }

  private recallNow(count: number): number | undefined {
    const { latency, ef } = this.parts;
    const isHeld = latency === undefined && ef === undefined && this.tuning === undefined;
    return isHeld ? this.hold.recall(count) : undefined;
  }

  /** An empty index over the same kind of vectors. */
  private async twin({ m, efConstruction }: TrialShape): Promise<HnswIndex> {
    assertShape({ m, efConstruction });
    return HnswIndex.over(await this.parts.forge({ ...this.opened().shape, m, efConstruction }), this.parts);
  }

  /** Adds all rows of another kernel, by rising row, as it keeps them. */
  private takeOver(from: SearchKernel, slots: SlotMap): void {
    const kernel = this.opened();
    kernel.reserve(from.count);
    const rows = Uint32Array.from(slots.all(), (slot) => from.rowOf(slot)).sort();
    for (let at = 0; at < rows.length; at += kernel.batch) {
      const batch = rows.subarray(at, at + kernel.batch);
      const vectors = new Float32Array(batch.length * this.dimensions);
      for (const [i, row] of batch.entries()) vectors.set(from.originalOf(slots.get(row)!)!, i * this.dimensions);
      this.put(kernel, batch, vectors);
    }
  }

  /** A curve over every kept query, as deep as truths go. */
  private wholeTruth(k: number) {
    return { k: Math.min(k, this.truth.depth), scans: Number.MAX_SAFE_INTEGER };
  }

  private retune(): void {
    const { tuning } = this;
    const ef = tuning && this.truth.efFor(tuning.recall, tuning.k);
    if (tuning && ef) this.breadth.tuning = { ...tuning, ef };
  }

  private mapSlots(kernel: SearchKernel): void {
    this.slots = new SlotMap();
    kernel.eachRow((row, slot) => {
      if (!this.slots.set(row, slot)) throw badSnapshot(`row ${row} twice`, "each row once");
    });
  }
}

function splitQueries(queries: Float32Array, shape: GraphShape): Float32Array[] {
  const { dimensions } = shape;
  const count = Math.ceil(queries.length / dimensions);
  const each = Array.from({ length: count }, (_, i) => queries.subarray(i * dimensions, (i + 1) * dimensions));
  for (const query of each) assertQueryVector(query, shape);
  return each;
}
