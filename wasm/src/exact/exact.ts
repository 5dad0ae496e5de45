import {
  type IndexKind,
  type IndexStats,
  type NeighborQuery,
  type Neighbors,
  PipitError,
  type RowBitmap,
  type VectorIndex,
} from "@pipit/core";
import { countAllowed } from "../graph/count-allowed.ts";
import { SlotMap } from "../graph/slot-map.ts";
import { type HashPieces, joinContainer, layContainer, writeContainer } from "../snapshot/container.ts";
import { type ByteReader, badSnapshot } from "../snapshot/container-reader.ts";
import type { Random } from "../truth/random.ts";
import { FEW_ROWS, RecallHold } from "../truth/recall-hold.ts";
import type { MeasuredBy, StoredVector, TruthSource } from "../truth/sampled-query.ts";
import { TruthSample } from "../truth/truth-sample.ts";
import { assertQueryVector, assertRowVectors } from "../vector-check.ts";
import { ExactKernel } from "./exact-kernel.ts";
import {
  assertExactDimensions,
  assertQuantizerFits,
  assertWanted,
  type ExactOptions,
  type ExactPlan,
  planOf,
} from "./exact-options.ts";
import {
  codedShape,
  collectedShape,
  headerOf,
  type Kept,
  type Opened,
  openKernel,
  sectionsOf,
} from "./exact-snapshot.ts";
import { type Quantizer, type QuantizerLoss, trainQuantizer } from "./quantizer.ts";

const EVERY_ROW = 2 ** 31;
// Each costs a look at every vector when the truth is renewed.
const TRUTHS = 48;
// What choosing a candidate costs beside measuring it, in values measured: `npm run bench -- topics` shows both roads.
const CANDIDATE = 1400;
// Fewer candidates than this take no time beside the scan that chooses them.
const WIDE = 256;
const DRIFTED = 2;

export interface ExactKind extends IndexKind {
  /** XXH64, at memory speed. */
  readonly hash: HashPieces;
  create(dimensions: number): Promise<ExactScan>;
  /** From memory, or from anything that can be read by ranges. */
  open(snapshot: Uint8Array | ByteReader, dimensions: number): Promise<ExactScan>;
}

/**
 * An index that measures every allowed row, over a compiled scan module; the two modules give the same answers and open
 * each other's snapshots. With f32 the answers are the truth up to single precision, with f16 nearly; int8 and bit measure
 * codes, and a first pass may miss what its codes put too far away. Throws `bad-input` for options that do not go together.
 */
export function createExact(module: WebAssembly.Module, options: ExactOptions = {}): ExactKind {
  const plan = planOf(options);
  return {
    name: plan.name,
    get hash() {
      return new ExactKernel(module, collectedShape(plan, 1), plan.maxBytes).hash;
    },
    create: async (dimensions) => createEmpty(module, plan, dimensions),
    open: async (snapshot, dimensions) => {
      assertExactDimensions(dimensions);
      return new ExactScan(module, plan, await openKernel(module, snapshot, { plan, dimensions }));
    },
  };
}

function createEmpty(module: WebAssembly.Module, plan: ExactPlan, dimensions: number): ExactScan {
  assertExactDimensions(dimensions);
  assertQuantizerFits(plan, dimensions);
  const { quantizer, maxBytes } = plan;
  const shape = plan.codes && !quantizer ? collectedShape(plan, dimensions) : codedShape(plan, dimensions);
  const kernel = new ExactKernel(module, shape, maxBytes);
  if (quantizer) kernel.writeQuantizer(quantizer.values);
  const kept = { loss: quantizer?.loss, held: undefined, calibratedFor: 0, sequence: 0n };
  return new ExactScan(module, plan, { kernel, ...kept });
}

/** The port's promises are kept at once: the kernel works within the call, on whatever thread that is. */
export class ExactScan implements VectorIndex {
  private readonly module: WebAssembly.Module;
  private readonly plan: ExactPlan;
  private readonly dimensions: number;
  private kernel: ExactKernel | undefined;
  private slots = new SlotMap();
  /** What the codes lose on the sample they were calibrated by; undefined while there are none. */
  loss: QuantizerLoss | undefined;
  /** Rows that were there when the codes were calibrated, or found to be as good as any. They lie before those that came later. */
  calibratedFor: number;
  private isDistrusted = false;
  /** What the snapshot that was opened covers, as its owner said. */
  readonly sequence: bigint;

  private readonly truth: TruthSample;
  private readonly hold: RecallHold;

  constructor(module: WebAssembly.Module, plan: ExactPlan, opened: Opened) {
    const { kernel, loss, held, calibratedFor, sequence } = opened;
    this.module = module;
    this.plan = plan;
    this.kernel = kernel;
    this.dimensions = kernel.shape.dimensions;
    this.loss = loss;
    this.calibratedFor = calibratedFor;
    this.sequence = sequence;
    this.truth = TruthSample.create(this.truthSource(), { dimensions: this.dimensions, size: TRUTHS });
    this.hold = new RecallHold({
      target: plan.recall,
      truth: () => this.truth,
      search: async (query, k, ef) => this.opened().search(query, { k, breadth: ef ?? EVERY_ROW }),
      clock: plan.clock,
      isWorth: (ef, count) => ef * (this.dimensions + CANDIDATE) < count * this.dimensions,
    });
    this.hold.restore(held, kernel.count);
    for (const [slot, row] of kernel.allRows().entries()) this.adopt(row, slot);
  }

  async add(rows: Uint32Array, vectors: Float32Array): Promise<void> {
    const kernel = this.opened();
    assertRowVectors(rows, vectors, kernel.shape);
    if (this.plan.originals === "f16") assertHalves(vectors);
    // Rows that are replaced need no room; asking for it all the same keeps the call simple and all-or-nothing.
    if (this.isDue(kernel, rows.length)) this.calibrate(kernel, rows.length, vectors);
    else kernel.reserve(rows.length);
    this.putAll(this.opened(), rows, vectors);
    if (this.isHeld) this.noteAdded(rows);
  }

  async remove(rows: Uint32Array): Promise<number> {
    const kernel = this.opened();
    const removed = rows.reduce((count, row) => count + (this.drop(kernel, row) ? 1 : 0), 0);
    if (this.isHeld) this.noteRemoved(rows, removed);
    return removed;
  }

  /** `ef` is how many candidates the first pass chooses, where there is one. */
  async search(query: Float32Array, { k, ef, filter }: NeighborQuery): Promise<Neighbors> {
    const kernel = this.opened();
    assertQueryVector(query, kernel.shape);
    const wanted = assertWanted(k);
    if (ef !== undefined) assertWanted(ef);
    const breadth = ef ?? this.breadth(wanted, filter);
    const answer = kernel.search(query, { k: wanted, breadth, filter });
    if (!this.isHeld) return answer;
    this.truth.observe(query);
    const isSure = ef !== undefined || breadth === EVERY_ROW || !this.hold.isBeyond(answer.distances);
    return isSure ? answer : kernel.search(query, { k: wanted, breadth: EVERY_ROW, filter });
  }

  /** `bytes` is all that the kernel holds, room for coming rows and working memory included. */
  stats(): IndexStats {
    const { kernel, dimensions, plan } = this;
    const count = kernel?.count ?? 0;
    return { kind: plan.name, count, dimensions, bytes: kernel?.bytes ?? 0, recall: this.recallNow(count) };
  }

  /** Resolves when no measure of the recall is under way. */
  whenMeasured(): Promise<void> {
    return this.hold.whenMeasured();
  }

  /** Measures how many candidates hold the recall, as the first searches would in the background. */
  async holdRecall(): Promise<void> {
    this.opened();
    if (this.isHeld) await this.hold.measure();
  }

  /** Whether searches go by the breadth that they will go by: nothing is to be measured first. */
  get isSettled(): boolean {
    return !this.isHeld || this.opened().count <= FEW_ROWS || this.hold.state !== undefined;
  }

  /** Candidates that codes choose for a search of ten; undefined where every row is measured. */
  get candidates(): number | undefined {
    return this.isHeld && !this.isDistrusted ? this.hold.candidates(this.opened().count) : undefined;
  }

  /**
   * Whether other codes could do with fewer candidates: many are needed, and at least half of the rows came after those that
   * the codes were calibrated by.
   */
  get isDrifted(): boolean {
    const { hold, kernel, plan } = this;
    if (!kernel || !this.isHeld || !hold.state || plan.quantizer || kernel.count < DRIFTED * this.calibratedFor)
      return false;
    return (this.candidates ?? EVERY_ROW) > WIDE;
  }

  /** Measures every row until `noteCalibrated` is called: codes that need many candidates are those that miss most with fewer. */
  distrustCodes(): void {
    this.isDistrusted = true;
  }

  /** To be called when codes by the present rows were found to be no better. */
  noteCalibrated(): void {
    this.isDistrusted = false;
    this.calibratedFor = this.opened().count;
  }

  /** What another index of these rows is to measure its recall by: queries that were asked, and rows of all times. */
  get measuredBy(): MeasuredBy {
    return { queries: this.truth.asked, rows: this.rowsOfAllTimes() };
  }

  /** Measures the recall by these, as if they had been asked here. */
  measureBy({ queries, rows }: MeasuredBy): void {
    for (const query of queries) this.truth.observe(query);
    this.truth.standIn(rows);
  }

  /** The rows that are there, in no order. */
  allRows(): Uint32Array {
    return this.opened().allRows();
  }

  /** The vector of a row, as it is kept; undefined when the row is not there. */
  vectorOf(row: number): Float32Array | undefined {
    const slot = this.slots.get(row);
    return slot === undefined ? undefined : this.opened().decode(slot, "originals");
  }

  async save(): Promise<Uint8Array<ArrayBuffer>> {
    const kernel = this.opened();
    return joinContainer(headerOf(kernel, this.kept(0n)), sectionsOf(kernel), kernel.hash);
  }

  /**
   * The snapshot piece by piece, for a file or a stream; `sequence` says what it covers. Pieces are views of the index's
   * memory: each must be written before the next is asked for, and the index must not change until the last.
   */
  stream(sequence: bigint): { readonly total: number; readonly pieces: Iterable<Uint8Array> } {
    const kernel = this.opened();
    const [header, sections] = [headerOf(kernel, this.kept(sequence)), sectionsOf(kernel)];
    return { total: layContainer(header, sections).total, pieces: writeContainer(header, sections, kernel.hash) };
  }

  saved(): Iterable<Uint8Array> {
    return this.stream(0n).pieces;
  }

  /** Lets go of the kernel and with it of its memory. */
  async close(): Promise<void> {
    this.kernel = undefined;
    this.slots = new SlotMap();
  }

  private noteAdded(rows: Uint32Array): void {
    this.truth.noteAdded(rows);
    this.hold.noteChanged(rows.length);
  }

  private noteRemoved(rows: Uint32Array, removed: number): void {
    this.truth.noteRemoved(rows);
    this.hold.noteChanged(removed);
  }

  private kept(sequence: bigint): Kept {
    const { loss, calibratedFor } = this;
    return { loss, held: this.hold.state, calibratedFor, sequence };
  }

  /** Codes choose and originals decide, by as many candidates as hold the recall. */
  private get isHeld(): boolean {
    const { codes, originals, rerank } = this.plan;
    return rerank === undefined && originals !== "none" && codes !== undefined && this.kernel?.shape.codes === codes;
  }

  private breadth(k: number, filter: RowBitmap | undefined): number {
    const { rerank } = this.plan;
    const wide = rerank === undefined ? this.heldBreadth(k, filter) : k * rerank;
    return Math.min(wide ?? EVERY_ROW, EVERY_ROW);
  }

  private heldBreadth(k: number, filter: RowBitmap | undefined): number | undefined {
    if (!this.isHeld) return undefined;
    const wide = this.hold.breadth(k, this.opened().count);
    if (this.isDistrusted) return undefined;
    // Among few that are allowed neighbours lie farther apart than where the breadth was measured.
    return filter && countAllowed(filter) <= FEW_ROWS ? undefined : wide;
  }

  private recallNow(count: number): number | undefined {
    if (this.isDistrusted) return 1;
    if (this.isHeld) return this.hold.recall(count);
    const { codes, rerank, originals } = this.plan;
    const isExact = this.kernel?.shape.codes === "none" || (codes === undefined && rerank === undefined);
    return isExact && originals !== "f16" ? 1 : undefined;
  }

  private truthSource(): TruthSource {
    return {
      count: () => this.kernel?.count ?? 0,
      scan: (query, k) => this.opened().search(query, { k, breadth: EVERY_ROW }),
      draw: (random) => this.drawStored(random),
      pause: () => this.hold.pause(),
    };
  }

  /**
   * As many of those that the codes were calibrated by as of those that came later: codes that suit the many must not miss
   * what lies near the few. Rows lie in the order in which they came, as far as none were removed.
   */
  private rowsOfAllTimes(): StoredVector[] {
    const { count } = this.opened();
    const first = Math.min(this.calibratedFor, count);
    return [...this.spreadOver(0, first), ...this.spreadOver(first, count)];
  }

  private spreadOver(from: number, to: number): StoredVector[] {
    const step = Math.max(1, (to - from) / (TRUTHS / 2));
    const slots = Array.from({ length: Math.min(TRUTHS / 2, to - from) }, (_, i) => Math.floor(from + i * step));
    return slots.map((slot) => this.storedAt(slot));
  }

  private storedAt(slot: number): StoredVector {
    const kernel = this.opened();
    return { row: kernel.rowOf(slot), vector: kernel.decode(slot, "originals") };
  }

  private drawStored(random: Random): StoredVector | undefined {
    const kernel = this.opened();
    if (kernel.count === 0) return undefined;
    return this.storedAt(random.below(kernel.count));
  }

  private opened(): ExactKernel {
    if (this.kernel) return this.kernel;
    throw new PipitError("closed", {
      got: "a call to a closed index",
      expected: "an open one",
      do: "Open the collection again.",
    });
  }

  private adopt(row: number, slot: number): void {
    if (this.slots.get(row) !== undefined) throw badSnapshot(`row ${row} twice`, "each row once");
    this.slots.set(row, slot);
  }

  private isDue(kernel: ExactKernel, more: number): boolean {
    const isCollecting = this.plan.codes !== undefined && kernel.shape.codes === "none";
    return isCollecting && kernel.count + more >= (this.plan.quantizer ? 0 : this.plan.calibrateAt);
  }

  // A kernel of the final shape takes over; only when it has room for everything is the old one let go.
  private calibrate(kernel: ExactKernel, more: number, vectors: Float32Array): void {
    const coded = new ExactKernel(this.module, codedShape(this.plan, this.dimensions), this.plan.maxBytes);
    coded.reserve(kernel.count + more);
    const quantizer = this.plan.quantizer ?? this.train(kernel, more, vectors);
    coded.writeQuantizer(quantizer.values);
    for (const [slot, row] of kernel.allRows().entries()) {
      const vectors = kernel.decode(slot, "originals");
      coded.put({ rows: Uint32Array.of(row), slots: Uint32Array.of(slot), vectors });
    }
    this.kernel = coded;
    this.loss = quantizer.loss;
    this.calibratedFor = kernel.count + more;
  }

  /** By the rows that are there and as many of the coming ones as are missing, evenly chosen. */
  private train(kernel: ExactKernel, more: number, vectors: Float32Array): Quantizer {
    const { dimensions } = this;
    const { codes, metric, seed, calibrateAt } = this.plan;
    const wanted = Math.max(calibrateAt - kernel.count, 0);
    const sample = new Float32Array((kernel.count + wanted) * dimensions);
    for (let slot = 0; slot < kernel.count; slot++) sample.set(kernel.decode(slot, "originals"), slot * dimensions);
    for (let i = 0; i < wanted; i++) {
      const from = Math.floor((i * more) / wanted) * dimensions;
      sample.set(vectors.subarray(from, from + dimensions), (kernel.count + i) * dimensions);
    }
    return trainQuantizer(this.module, { kind: codes!, dimensions, metric, seed }, sample);
  }

  private putAll(kernel: ExactKernel, rows: Uint32Array, vectors: Float32Array): void {
    const { dimensions } = this;
    for (let from = 0; from < rows.length; from += kernel.batch) {
      const batch = rows.subarray(from, from + kernel.batch);
      const slots = this.slotsFor(batch, kernel.count);
      const to = from + batch.length;
      kernel.put({ rows: batch, slots, vectors: vectors.subarray(from * dimensions, to * dimensions) });
    }
  }

  private slotsFor(rows: Uint32Array, count: number): Uint32Array {
    let next = count;
    return rows.map((row) => {
      const present = this.slots.get(row);
      if (present !== undefined) return present;
      this.slots.set(row, next);
      return next++;
    });
  }

  private drop(kernel: ExactKernel, row: number): boolean {
    const slot = this.slots.get(row);
    if (slot === undefined) return false;
    this.slots.delete(row);
    const moved = kernel.drop(slot);
    if (moved === undefined) return true;
    this.slots.delete(moved);
    this.slots.set(moved, slot);
    return true;
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
