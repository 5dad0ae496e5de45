import {
  closedError,
  type IndexKind,
  type IndexStats,
  type NeighborQuery,
  type Neighbors,
  PipitError,
  type RowBitmap,
  type VectorIndex,
} from "@pipit/core";
import { countAllowed } from "../../shared/count-allowed.ts";
import { type HashPieces, joinContainer, layContainer, writeContainer } from "../../shared/snapshot/container.ts";
import type { ByteReader } from "../../shared/snapshot/container-reader.ts";
import { assertQueryVector, assertRowVectors } from "../../shared/vector-check.ts";
import { assertCount, assertDimensions } from "../options.ts";
import { FEW_ROWS, RecallHold } from "../truth/recall-hold.ts";
import type { MeasuredBy, TruthSource } from "../truth/sampled-query.ts";
import { TruthSample } from "../truth/truth-sample.ts";
import { codedKernel, isCodingDue } from "./exact-coding.ts";
import type { ExactKernel, Scan } from "./exact-kernel.ts";
import { ExactKernels } from "./exact-kernels.ts";
import { assertQuantizerFits, collectedShape, type ExactOptions, type ExactPlan, planOf } from "./exact-options.ts";
import { ExactRows } from "./exact-rows.ts";
import { headerOf, type Kept, type Opened, openKernel, sectionsOf } from "./exact-snapshot.ts";
import { expectedLoss } from "./expected-loss.ts";
import type { QuantizerLoss } from "./quantizer.ts";
import type { SharedScans } from "./scan-pool.ts";

const EVERY_ROW = 2 ** 31;
// Each costs a scan of every vector when the truth is renewed.
const TRUTHS = 48;
// The cost of choosing a candidate, besides measuring it, in measured values: `npm run bench -- topics` shows both ways.
const CANDIDATE = 1400;
// Fewer candidates than this take no time beside the scan that chooses them.
const WIDE = 256;
const DRIFTED = 2;
const UNMEASURED: Omit<Kept, "loss"> = { held: undefined, changed: 0, calibratedFor: 0, sequence: 0n };
const WIDENING = 2;

export interface ExactKind extends IndexKind {
  /** XXH64, at memory speed. */
  readonly hash: HashPieces;
  create(dimensions: number): Promise<ExactScan>;
  /** From memory, or from anything that can be read by ranges. */
  open(snapshot: Uint8Array | ByteReader, dimensions: number): Promise<ExactScan>;
}

/**
 * An index that measures every allowed row, over a compiled scan module; the modules give the same answers and open
 * each other's snapshots. With f32 the answers are the truth up to single precision, with f16 nearly; int8 and bit measure
 * codes, and a first pass may miss rows whose codes are too far away. `shared` names threads that do parts of large scans.
 * Throws `bad-input` for options that do not go together.
 */
export function createExact(module: WebAssembly.Module, options: ExactOptions = {}, shared?: SharedScans): ExactKind {
  const plan = planOf(options);
  const kernels = new ExactKernels(module, plan, shared);
  return {
    name: plan.name,
    get hash() {
      return kernels.summing().hash;
    },
    create: async (dimensions) => createEmpty(kernels, dimensions),
    open: async (snapshot, dimensions) => {
      assertDimensions(dimensions);
      return new ExactScan(kernels, await openKernel(kernels, snapshot, dimensions));
    },
  };
}

function createEmpty(kernels: ExactKernels, dimensions: number): ExactScan {
  const { plan } = kernels;
  assertDimensions(dimensions);
  assertQuantizerFits(plan, dimensions);
  const { quantizer } = plan;
  const isCollecting = plan.codes !== undefined && !quantizer;
  const kernel = isCollecting ? kernels.answering(collectedShape(plan, dimensions)) : kernels.coded(dimensions);
  if (quantizer) kernel.writeQuantizer(quantizer.values);
  return new ExactScan(kernels, { kernel, loss: quantizer?.loss, ...UNMEASURED });
}

/** A `VectorIndex` over the scan kernel. The kernel works synchronously within each call, on the caller's thread. */
export class ExactScan implements VectorIndex {
  readonly #kernels: ExactKernels;
  readonly #plan: ExactPlan;
  readonly #dimensions: number;
  #rows: ExactRows | undefined;
  /** The loss of the codes on the sample that they were calibrated by; undefined while there are none. */
  loss: QuantizerLoss | undefined;
  /** Number of rows when the codes were calibrated, or found to be no worse than new ones. Later rows lie behind them. */
  calibratedFor: number;
  #isDistrusted = false;
  /** The owner's sequence number in the snapshot that was opened. */
  readonly sequence: bigint;

  readonly #truth: TruthSample;
  readonly #hold: RecallHold;

  constructor(kernels: ExactKernels, { kernel, loss, held, changed, calibratedFor, sequence }: Opened) {
    const { plan } = kernels;
    this.#kernels = kernels;
    this.#plan = plan;
    this.#rows = ExactRows.of(kernel);
    this.#dimensions = kernel.shape.dimensions;
    this.loss = loss;
    this.calibratedFor = calibratedFor;
    this.sequence = sequence;
    this.#truth = TruthSample.create(this.#truthSource(), { dimensions: this.#dimensions, size: TRUTHS });
    this.#hold = new RecallHold({
      target: plan.recall,
      truth: () => this.#truth,
      search: async (query, k, ef) => this.#opened().search(query, { k, ef: ef ?? EVERY_ROW }),
      clock: plan.clock,
      isWorth: (ef, count) => ef * (this.#dimensions + CANDIDATE) < count * this.#dimensions,
    });
    this.#hold.restore(held, { count: kernel.count, changed });
  }

  async add(rows: Uint32Array, vectors: Float32Array): Promise<void> {
    const kernel = this.#opened();
    assertRowVectors(rows, vectors, kernel.shape);
    if (this.#plan.originals === "f16") assertHalves(vectors);
    // Rows that are replaced need no room; reserving it all the same keeps the call simple and all-or-nothing.
    if (isCodingDue(this.#kernels, kernel, rows.length)) this.#calibrate(kernel, vectors);
    else kernel.reserve(rows.length);
    this.#openRows().put(rows, vectors);
    if (this.#isHeld) this.#noteAdded(rows);
  }

  async remove(rows: Uint32Array): Promise<number> {
    const stored = this.#openRows();
    const removed = rows.reduce((count, row) => count + (stored.drop(row) ? 1 : 0), 0);
    if (this.#isHeld) this.#noteRemoved(rows, removed);
    return removed;
  }

  /** `ef` is the number of candidates that the first pass chooses, where there is one. */
  async search(query: Float32Array, { k, ef, filter }: NeighborQuery): Promise<Neighbors> {
    const kernel = this.#opened();
    assertQueryVector(query, kernel.shape);
    const most = assertCount("k", k);
    if (ef !== undefined) assertCount("ef", ef);
    const asked = { k: most, ef: ef ?? this.#ef(most, filter), filter };
    if (!this.#isHeld) return kernel.search(query, asked);
    const answer = ef === undefined ? this.#searchHeld(kernel, query, asked) : kernel.search(query, asked);
    this.#truth.observe(query);
    return answer;
  }

  /** `bytes` is all memory of the kernel, with room for coming rows and working memory. */
  stats(): IndexStats {
    const kernel = this.#kernel;
    const dimensions = this.#dimensions;
    const plan = this.#plan;
    const count = kernel?.count ?? 0;
    return { kind: plan.name, count, dimensions, bytes: kernel?.bytes ?? 0, recall: this.#recallNow(count) };
  }

  /** Resolves when no measure of the recall is under way. */
  whenMeasured(): Promise<void> {
    return this.#hold.whenMeasured();
  }

  /** Measures how many candidates hold the recall, as the first searches would in the background. */
  async holdRecall(): Promise<void> {
    this.#opened();
    if (this.#isHeld) await this.#hold.measure();
  }

  /** Whether searches use the ef that is held: nothing is to be measured first. */
  get isSettled(): boolean {
    return !this.#isHeld || this.#opened().count <= FEW_ROWS || this.#hold.state !== undefined;
  }

  /** Candidates that codes choose for a search of ten; undefined where every row is measured. */
  get candidates(): number | undefined {
    return this.#isHeld && !this.#isDistrusted ? this.#hold.candidates(this.#opened().count) : undefined;
  }

  /**
   * Whether other codes could do with fewer candidates: many are needed, and at least half of the rows came after those that
   * the codes were calibrated by.
   */
  get isDrifted(): boolean {
    const hold = this.#hold;
    const kernel = this.#kernel;
    const plan = this.#plan;
    if (!kernel || !this.#isHeld || !hold.state || plan.quantizer || kernel.count < DRIFTED * this.calibratedFor)
      return false;
    return (this.candidates ?? EVERY_ROW) > WIDE;
  }

  /** Measures every row until `noteCalibrated` is called: codes that need many candidates miss the most with fewer. */
  distrustCodes(): void {
    this.#isDistrusted = true;
  }

  /** To be called when codes by the present rows were found to be no better. */
  noteCalibrated(): void {
    this.#isDistrusted = false;
    this.calibratedFor = this.#opened().count;
  }

  /** The queries that were asked, and early and late rows, for another index of these rows to measure its recall by. */
  get measuredBy(): MeasuredBy {
    return { queries: this.#truth.asked, rows: this.#rowsOfAllTimes() };
  }

  /** Measures the recall by these, as if they had been asked here. */
  measureBy({ queries, rows }: MeasuredBy): void {
    for (const query of queries) this.#truth.observe(query);
    this.#truth.standIn(rows);
  }

  /** The rows that are there, in no order. */
  allRows(): Uint32Array {
    return this.#opened().allRows();
  }

  /** The vector of a row, as it is kept; undefined when the row is not there. */
  vectorOf(row: number): Float32Array | undefined {
    return this.#openRows().vectorOf(row);
  }

  async save(): Promise<Uint8Array<ArrayBuffer>> {
    const kernel = this.#opened();
    return joinContainer(headerOf(kernel, this.#kept(0n)), sectionsOf(kernel), kernel.hash);
  }

  /**
   * The snapshot piece by piece, for a file or a stream; `sequence` says what it covers. Pieces are views of the index's
   * memory: each must be written before the next is asked for, and the index must not change until the last.
   */
  stream(sequence: bigint): { readonly total: number; readonly pieces: Iterable<Uint8Array> } {
    const kernel = this.#opened();
    const [header, sections] = [headerOf(kernel, this.#kept(sequence)), sectionsOf(kernel)];
    return { total: layContainer(header, sections).total, pieces: writeContainer(header, sections, kernel.hash) };
  }

  saved(): Iterable<Uint8Array> {
    return this.stream(0n).pieces;
  }

  /** Drops the kernel and with it its memory. */
  async close(): Promise<void> {
    this.#kernel?.close();
    this.#rows = undefined;
  }

  #noteAdded(rows: Uint32Array): void {
    this.#truth.noteAdded(rows);
    this.#hold.noteChanged(rows.length);
  }

  #noteRemoved(rows: Uint32Array, removed: number): void {
    this.#truth.noteRemoved(rows);
    this.#hold.noteChanged(removed);
  }

  #kept(sequence: bigint): Kept {
    const { loss, calibratedFor } = this;
    const hold = this.#hold;
    return { loss, held: hold.state, changed: hold.changedSince, calibratedFor, sequence };
  }

  /** Codes choose and originals decide, by as many candidates as hold the recall. */
  get #isHeld(): boolean {
    const { codes, originals, rerank } = this.#plan;
    return rerank === undefined && originals !== "none" && codes !== undefined && this.#kernel?.shape.codes === codes;
  }

  /** Doubles the candidates, up to all rows, until the errors of codes leave no more to miss than the recall allows. */
  #searchHeld(kernel: ExactKernel, query: Float32Array, asked: Scan): Neighbors {
    const most = 1 - this.#plan.recall;
    for (let { ef } = asked; ; ef *= WIDENING) {
      const answer = kernel.search(query, { ...asked, ef: Math.min(ef, EVERY_ROW) });
      if (expectedLoss(kernel.doubt, answer.distances) <= most) return answer;
    }
  }

  #ef(k: number, filter: RowBitmap | undefined): number {
    const { rerank } = this.#plan;
    const wide = rerank === undefined ? this.#heldEf(k, filter) : k * rerank;
    return Math.min(wide ?? EVERY_ROW, EVERY_ROW);
  }

  #heldEf(k: number, filter: RowBitmap | undefined): number | undefined {
    if (!this.#isHeld) return undefined;
    const wide = this.#hold.ef(k, this.#opened().count);
    if (this.#isDistrusted) return undefined;
    // Among few allowed rows, neighbours lie farther apart than among the rows that ef was measured with.
    return filter && countAllowed(filter) <= FEW_ROWS ? undefined : wide;
  }

  #recallNow(count: number): number | undefined {
    const { codes, rerank, originals } = this.#plan;
    // It would be measured by halves, which are not exactly the given vectors.
    if (originals === "f16") return undefined;
    if (this.#isHeld) return this.#isDistrusted ? 1 : this.#hold.recall(count);
    const isExact = this.#kernel?.shape.codes === "none" || (codes === undefined && rerank === undefined);
    return isExact ? 1 : undefined;
  }

  #truthSource(): TruthSource {
    return {
      metric: this.#plan.metric,
      count: () => this.#kernel?.count ?? 0,
      scan: (query, k) => this.#opened().search(query, { k, ef: EVERY_ROW }),
      draw: (random) => this.#openRows().draw(random),
      pause: () => this.#hold.pause(),
    };
  }

  /**
   * As many of the rows that the codes were calibrated by as of later ones: codes that fit the many must not miss the
   * neighbours of the few. Rows lie in the order in which they were added, as far as none were removed.
   */
  #rowsOfAllTimes() {
    const rows = this.#openRows();
    const { count } = rows.kernel;
    const first = Math.min(this.calibratedFor, count);
    return [...rows.spreadOver(0, first, TRUTHS / 2), ...rows.spreadOver(first, count, TRUTHS / 2)];
  }

  get #kernel(): ExactKernel | undefined {
    return this.#rows?.kernel;
  }

  #opened(): ExactKernel {
    return this.#openRows().kernel;
  }

  #openRows(): ExactRows {
    if (this.#rows) return this.#rows;
    throw closedError("index", "collection");
  }

  // The coded kernel replaces the other one only when it has room for everything.
  #calibrate(kernel: ExactKernel, coming: Float32Array): void {
    const { kernel: coded, loss } = codedKernel(this.#kernels, kernel, coming);
    this.#rows = this.#openRows().movedTo(coded);
    this.loss = loss;
    this.calibratedFor = kernel.count + coming.length / this.#dimensions;
    kernel.close();
  }
}

const LARGEST_HALF = 65_504;

function assertHalves(vectors: Float32Array): void {
  const tooLarge = vectors.find((value) => Math.abs(value) > LARGEST_HALF);
  if (tooLarge === undefined) return;
  throw new PipitError("bad-vector", {
    got: `a value of ${tooLarge}`,
    expected: `values to ${LARGEST_HALF}, the largest half`,
    do: "Keep such vectors as f32; nothing of this call was kept.",
  });
}
