import { type IndexStats, type NeighborQuery, type Neighbors, PipitError, type VectorIndex } from "@pipit/core";
import { joinContainer, writeContainer } from "../snapshot/container.ts";
import { badSnapshot } from "../snapshot/container-reader.ts";
import type { EfCurve } from "../truth/ef-curve.ts";
import type { Random } from "../truth/random.ts";
import type { StoredVector } from "../truth/sampled-query.ts";
import type { CurveOptions, RecallOptions } from "../truth/truth-options.ts";
import { type RecallReport, TruthSample } from "../truth/truth-sample.ts";
import { assertQueryVector, assertRowVectors, toUnit } from "../vector-check.ts";
import { allowedRows, countAllowed } from "./filter-rows.ts";
import { headerOf, type Opened, sectionsOf } from "./hnsw-snapshot.ts";
import { assertBreadth, assertDeadline, assertWanted } from "./parameters.ts";
import type { SearchKernel } from "./search-kernel.ts";
import { SlotMap } from "./slot-map.ts";

export const KIND = "hnsw-int8";

// A scan of so few allowed rows costs no more than a walk, and misses none.
const FEW = 4096;
// Beyond one in so many a walk would hardly ever meet an allowed neighbour of a neighbour.
const RARE = 24;
const TRUTH_SPARE = 64;

/** The port's promises are kept at once: the kernel works within the call, on whatever thread that is. */
export class HnswIndex implements VectorIndex {
  /** What the owner says that the snapshot covers; kept in it. */
  sequence = 0n;
  private kernel: SearchKernel | undefined;
  private slots = new SlotMap();
  private truth: TruthSample;
  private readonly dimensions: number;
  private readonly ef: number | undefined;

  private constructor(kernel: SearchKernel, ef: number | undefined) {
    this.kernel = kernel;
    this.dimensions = kernel.shape.dimensions;
    this.ef = ef;
    this.truth = TruthSample.create(this.truthSource(), { dimensions: this.dimensions });
  }

  static over(kernel: SearchKernel, ef: number | undefined): HnswIndex {
    return new HnswIndex(kernel, ef);
  }

  static opened({ kernel, truth, sequence }: Opened, ef: number | undefined): HnswIndex {
    const index = new HnswIndex(kernel, ef);
    index.mapSlots(kernel);
    index.truth = TruthSample.fromBytes(truth, index.truthSource(), kernel.shape.dimensions);
    index.sequence = sequence;
    return index;
  }

  async add(rows: Uint32Array, vectors: Float32Array): Promise<void> {
    const kernel = this.opened();
    assertRowVectors(rows, vectors, kernel.shape);
    // Rows that are replaced need no room; asking for it all the same keeps the call simple and all-or-nothing.
    kernel.reserve(rows.length);
    const given = kernel.shape.metric === "cosine" ? toUnit(vectors, this.dimensions) : vectors;
    for (let from = 0; from < rows.length; from += kernel.batch) {
      const to = Math.min(from + kernel.batch, rows.length);
      this.put(kernel, rows.subarray(from, to), given.subarray(from * this.dimensions, to * this.dimensions));
    }
    this.truth.noteAdded(rows);
  }

  async remove(rows: Uint32Array): Promise<number> {
    const kernel = this.opened();
    const removed = rows.reduce((count, row) => count + (this.drop(kernel, row) ? 1 : 0), 0);
    this.tidy(kernel);
    this.truth.noteRemoved(rows);
    return removed;
  }

  async search(query: Float32Array, asked: NeighborQuery): Promise<Neighbors> {
    const kernel = this.opened();
    assertQueryVector(query, kernel.shape);
    const answer = this.find(kernel, query, asked);
    this.truth.observe(query);
    return answer;
  }

  /** `bytes` is all that the kernel took, room for coming rows and working memory included. */
  stats(): IndexStats {
    const { kernel, dimensions } = this;
    return { kind: KIND, count: kernel?.count ?? 0, dimensions, bytes: kernel?.bytes ?? 0 };
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
    return this.truth.measureCurve((query, k, ef) => this.searchUnseen(query, { k, ef }), options);
  }

  async save(): Promise<Uint8Array<ArrayBuffer>> {
    const kernel = this.opened();
    return joinContainer(headerOf(kernel, this.sequence), sectionsOf(kernel, this.truth.toBytes()), kernel.hash);
  }

  /** The snapshot in pieces, for sets that should not be held twice. The index must not be changed meanwhile. */
  *saved(): Generator<Uint8Array> {
    const kernel = this.opened();
    yield* writeContainer(headerOf(kernel, this.sequence), sectionsOf(kernel, this.truth.toBytes()), kernel.hash);
  }

  /** Lets go of the kernel and with it of its memory. */
  async close(): Promise<void> {
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
    return this.find(this.opened(), query, asked);
  }

  private find(
    kernel: SearchKernel,
    given: Float32Array,
    { k, ef, filter, target, deadline }: NeighborQuery,
  ): Neighbors {
    const wanted = assertWanted(k);
    const breadth = assertBreadth(ef ?? this.breadthFor(target, k) ?? this.ef ?? Math.max(64, 2 * wanted));
    const until = deadline === undefined ? Number.POSITIVE_INFINITY : performance.now() + assertDeadline(deadline);
    const query = kernel.shape.metric === "cosine" ? toUnit(given, this.dimensions) : given;
    const allowed = filter ? Math.min(countAllowed(filter), kernel.count) : kernel.count;
    if (filter && (allowed <= FEW || allowed * RARE < kernel.count))
      return this.scan(kernel, query, { k: wanted, filter });
    const found = kernel.walk(query, { k: wanted, ef: breadth, filter, deadline: until });
    if (kernel.wasCut) return { ...found, partial: true };
    // Rows that the filter allows may be absent, so that only a scan can tell whether there are more.
    return found.rows.length < Math.min(wanted, allowed) ? this.scan(kernel, query, { k: wanted, filter }) : found;
  }

  private breadthFor(target: number | undefined, k: number): number | undefined {
    return target === undefined ? undefined : this.truth.efFor(target, k);
  }

  private scan(kernel: SearchKernel, query: Float32Array, { k, filter }: NeighborQuery): Neighbors {
    return kernel.scan(query, k, filter ? allowedRows(filter, this.slots) : this.slots.all());
  }

  private truthSource() {
    return {
      count: () => this.kernel?.count ?? 0,
      scan: (query: Float32Array, k: number) => this.scanForTruth(query, k),
      draw: (random: Random) => this.drawStored(random),
    };
  }

  // Codes choose who is measured exactly; with so many to spare they miss nobody.
  private scanForTruth(query: Float32Array, k: number): Neighbors {
    const kernel = this.opened();
    const given = kernel.shape.metric === "cosine" ? toUnit(query, this.dimensions) : query;
    const { rows, distances } = this.scan(kernel, given, { k: 2 * k + TRUTH_SPARE });
    return { rows: rows.slice(0, k), distances: distances.slice(0, k) };
  }

  private drawStored(random: Random): StoredVector | undefined {
    const kernel = this.opened();
    const slot = random.below(kernel.slots);
    if (kernel.count === 0 || !kernel.holdsRow(slot)) return undefined;
    const vector = kernel.originalOf(slot);
    return vector && { row: kernel.rowOf(slot), vector };
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

  private mapSlots(kernel: SearchKernel): void {
    this.slots = new SlotMap();
    for (let slot = 0; slot < kernel.slots; slot++) {
      if (!kernel.holdsRow(slot)) continue;
      const row = kernel.rowOf(slot);
      if (this.slots.get(row) !== undefined) throw badSnapshot(`row ${row} twice`, "each row once");
      this.slots.set(row, slot);
    }
  }
}

/** Rows that occur again later in the call are left out: the last vector counts. */
function lastOfEach(rows: Uint32Array, vectors: Float32Array, dimensions: number): [Uint32Array, Float32Array] {
  const last = new Map(Array.from(rows, (row, i) => [row, i]));
  if (last.size === rows.length) return [rows, vectors];
  const values = new Float32Array(last.size * dimensions);
  for (const [place, i] of [...last.values()].entries()) {
    values.set(vectors.subarray(i * dimensions, (i + 1) * dimensions), place * dimensions);
  }
  return [Uint32Array.from(last.keys()), values];
}
