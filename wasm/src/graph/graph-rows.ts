import { type Neighbors, PipitError } from "@pipit/core";
import { badSnapshot } from "../snapshot/container-reader.ts";
import type { Random } from "../truth/random.ts";
import type { StoredVector } from "../truth/sampled-query.ts";
import { toUnit } from "../vector-check.ts";
import { lastOfEach } from "./last-of-each.ts";
import type { SearchKernel } from "./search-kernel.ts";
import { SlotMap } from "./slot-map.ts";

// Of so many removed rows, and that share of the others, the kernel frees none: assembly/search/remove.ts.
const UNSWEPT_FEW = 16;
const UNSWEPT_SHARE = 1 / 16;

/** The rows of a graph: its kernel, and which slot of it each row lies in. */
export class GraphRows {
  readonly dimensions: number;
  private open: SearchKernel | undefined;
  private places = new SlotMap();

  /** Over an empty kernel, or one whose rows are to be mapped by `mapSlots`. */
  constructor(kernel: SearchKernel) {
    this.open = kernel;
    this.dimensions = kernel.shape.dimensions;
  }

  /** Throws `closed`. */
  get kernel(): SearchKernel {
    if (this.open) return this.open;
    throw new PipitError("closed", {
      got: "a call to a closed index",
      expected: "an open one",
      do: "Open the collection again.",
    });
  }

  get slots(): SlotMap {
    return this.places;
  }

  /** 0 when it is closed. */
  get count(): number {
    return this.open?.count ?? 0;
  }

  /** All that the kernel took, room for coming rows and working memory included; 0 when it is closed. */
  get bytes(): number {
    return this.open?.bytes ?? 0;
  }

  /** Whether `vectorOf` has them: f32 originals. */
  get keepsVectors(): boolean {
    return this.open?.shape.originals === "f32";
  }

  /** In no order. */
  all(): Uint32Array {
    const { kernel } = this;
    return this.places.all().map((slot) => kernel.rowOf(slot));
  }

  /** As it is kept; undefined when the row is not there, or no f32 originals are kept. */
  vectorOf(row: number): Float32Array | undefined {
    const slot = this.places.get(row);
    return slot === undefined ? undefined : this.kernel.originalOf(slot);
  }

  /** A query as the kernel is to be asked it. */
  unit(query: Float32Array): Float32Array {
    return this.kernel.shape.metric === "cosine" ? toUnit(query, this.dimensions) : query;
  }

  /** By a look at every row. */
  scan(query: Float32Array, k: number): Neighbors {
    return this.kernel.scan(this.unit(query), this.places.all(), { k });
  }

  /** By chance; undefined when chance falls on a free slot, or no f32 originals are kept. */
  draw(random: Random): StoredVector | undefined {
    const { kernel } = this;
    const slot = random.below(kernel.slots);
    if (kernel.count === 0 || !kernel.holdsRow(slot)) return undefined;
    const vector = kernel.originalOf(slot);
    return vector && { row: kernel.rowOf(slot), vector };
  }

  /** Makes room for what a call will put, or throws `storage-full`: new rows, and replaced ones until the sweep that they make due. */
  reserveFor(rows: Uint32Array): void {
    const { kernel } = this;
    const replaced = rows.reduce((count, row) => count + (this.places.get(row) === undefined ? 0 : 1), 0);
    const fresh = rows.length - replaced;
    const unswept = unsweptOf(kernel.count + fresh) - kernel.removed;
    kernel.reserve(fresh + Math.min(replaced, Math.max(0, unswept)));
  }

  /** Makes room for so many rows, and for those that are replaced among them. */
  reserve(rows: number): void {
    this.kernel.reserve(rows + unsweptOf(rows));
  }

  /** At most a batch of the kernel, for which room was made; of a row that is given twice the last vector counts. */
  put(rows: Uint32Array, vectors: Float32Array): void {
    const { kernel } = this;
    for (const row of rows) this.drop(row);
    this.tidy();
    const [kept, values] = lastOfEach(rows, vectors, this.dimensions);
    const slots = kernel.insert(kept, values);
    for (const [i, row] of kept.entries()) this.places.set(row, slots[i]!);
  }

  /** Answers how many of them were there. */
  remove(rows: Uint32Array): number {
    const removed = rows.reduce((count, row) => count + (this.drop(row) ? 1 : 0), 0);
    this.tidy();
    return removed;
  }

  /** Frees what was removed, lays all out anew for quick walks. */
  compact(): void {
    this.kernel.compact();
    this.mapSlots();
  }

  /** Adds all rows of another graph, by rising row, as it keeps them. */
  takeAll(other: GraphRows): void {
    const { kernel } = this;
    kernel.reserve(other.count);
    const rows = other.all().sort();
    for (let at = 0; at < rows.length; at += kernel.batch) {
      const batch = rows.subarray(at, at + kernel.batch);
      const vectors = new Float32Array(batch.length * this.dimensions);
      for (const [i, row] of batch.entries()) vectors.set(other.vectorOf(row)!, i * this.dimensions);
      this.put(batch, vectors);
    }
  }

  /** Goes on with another graph of the same rows, which is not to be used by itself any more. */
  become(other: GraphRows): void {
    this.open?.dismiss();
    this.open = other.open;
    this.places = other.places;
  }

  /** Throws `bad-snapshot` for a kernel that holds a row twice. */
  mapSlots(): void {
    const slots = new SlotMap();
    this.kernel.eachRow((row, slot) => {
      if (!slots.set(row, slot)) throw badSnapshot(`row ${row} twice`, "each row once");
    });
    this.places = slots;
  }

  /** Lets go of the kernel and with it of its memory. */
  close(): void {
    this.open?.dismiss();
    this.open = undefined;
    this.places = new SlotMap();
  }

  private drop(row: number): boolean {
    const slot = this.places.get(row);
    if (slot === undefined) return false;
    this.kernel.remove(slot);
    this.places.delete(row);
    return true;
  }

  private tidy(): void {
    if (this.kernel.prepare()) this.mapSlots();
  }
}

function unsweptOf(rows: number): number {
  return UNSWEPT_FEW + Math.floor(rows * UNSWEPT_SHARE);
}
