import { closedError, type Neighbors } from "@pipit/core";
import { lastOfEach } from "../../shared/last-of-each.ts";
import { SlotMap } from "../../shared/slot-map.ts";
import { badSnapshot } from "../../shared/snapshot/container-reader.ts";
import { toUnit } from "../../shared/vector-check.ts";
import type { Random } from "../truth/random.ts";
import type { StoredVector } from "../truth/sampled-query.ts";
import type { SearchKernel } from "./search-kernel.ts";

// Up to so many removed rows, and up to that share of the others, the kernel frees none (assembly/search/remove.ts).
const UNSWEPT_FEW = 16;
const UNSWEPT_SHARE = 1 / 16;

/** The rows of a graph: its kernel, and the slot of each row. */
export class GraphRows {
  readonly dimensions: number;
  #open: SearchKernel | undefined;
  #places = new SlotMap();

  /** The kernel is empty, or `mapSlots` is to be called for its rows. */
  constructor(kernel: SearchKernel) {
    this.#open = kernel;
    this.dimensions = kernel.shape.dimensions;
  }

  /** Throws `closed`. */
  get kernel(): SearchKernel {
    if (this.#open) return this.#open;
    throw closedError("index", "collection");
  }

  get slots(): SlotMap {
    return this.#places;
  }

  /** 0 when it is closed. */
  get count(): number {
    return this.#open?.count ?? 0;
  }

  /** All memory of the kernel, with room for coming rows and working memory; 0 when it is closed. */
  get bytes(): number {
    return this.#open?.bytes ?? 0;
  }

  /** Whether f32 originals are kept, which `vectorOf` returns. */
  get keepsVectors(): boolean {
    return this.#open?.shape.originals === "f32";
  }

  /** The rows, in no particular order. */
  all(): Uint32Array {
    const { kernel } = this;
    return this.#places.all().map((slot) => kernel.rowOf(slot));
  }

  /** The stored vector; undefined if the row is missing or no f32 originals are kept. */
  vectorOf(row: number): Float32Array | undefined {
    const slot = this.#places.get(row);
    return slot === undefined ? undefined : this.kernel.originalOf(slot);
  }

  /** A query in the form the kernel takes. */
  unit(query: Float32Array): Float32Array {
    return this.kernel.shape.metric === "cosine" ? toUnit(query, this.dimensions) : query;
  }

  /** The k nearest by measuring every row. */
  scan(query: Float32Array, k: number): Neighbors {
    return this.kernel.scan(this.unit(query), this.#places.all(), { k });
  }

  /** A random row; undefined if the drawn slot is free or no f32 originals are kept. */
  draw(random: Random): StoredVector | undefined {
    const { kernel } = this;
    const slot = random.below(kernel.slots);
    if (kernel.count === 0 || !kernel.holdsRow(slot)) return undefined;
    const vector = kernel.originalOf(slot);
    return vector && { row: kernel.rowOf(slot), vector };
  }

  /** Makes room for the rows of a call, or throws `storage-full`: for new ones, and for replaced ones until the next sweep frees them. */
  reserveFor(rows: Uint32Array): void {
    const { kernel } = this;
    const replaced = rows.reduce((count, row) => count + (this.#places.get(row) === undefined ? 0 : 1), 0);
    const fresh = rows.length - replaced;
    const unswept = unsweptOf(kernel.count + fresh) - kernel.removed;
    kernel.reserve(fresh + Math.min(replaced, Math.max(0, unswept)));
  }

  /** Makes room for so many rows, replaced ones included. */
  reserve(rows: number): void {
    this.kernel.reserve(rows + unsweptOf(rows));
  }

  /** Adds at most a batch of the kernel, for which room was made. If a row is given twice, its last vector counts. */
  put(rows: Uint32Array, vectors: Float32Array): void {
    const { kernel } = this;
    for (const row of rows) this.#drop(row);
    this.#tidy();
    const [kept, values] = lastOfEach(rows, vectors, this.dimensions);
    const slots = kernel.insert(kept, values);
    for (const [i, row] of kept.entries()) this.#places.set(row, slots[i]!);
  }

  /** Returns how many of the rows were present. */
  remove(rows: Uint32Array): number {
    const removed = rows.reduce((count, row) => count + (this.#drop(row) ? 1 : 0), 0);
    this.#tidy();
    return removed;
  }

  /** Frees removed rows and orders the rest for fast walks. */
  compact(): void {
    this.kernel.compact();
    this.mapSlots();
  }

  /** Adds all rows of another graph, by rising row, with its stored vectors. */
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

  /** Takes over the kernel of another graph of the same rows. The other object must not be used after that. */
  become(other: GraphRows): void {
    this.#open?.stopThreads();
    this.#open = other.#open;
    this.#places = other.#places;
  }

  /** Maps the rows of a filled kernel. Throws `bad-snapshot` if it holds a row twice. */
  mapSlots(): void {
    const slots = new SlotMap();
    this.kernel.eachRow((row, slot) => {
      if (!slots.set(row, slot)) throw badSnapshot(`row ${row} twice`, "each row once");
    });
    this.#places = slots;
  }

  /** Drops the kernel and its memory. */
  close(): void {
    this.#open?.stopThreads();
    this.#open = undefined;
    this.#places = new SlotMap();
  }

  #drop(row: number): boolean {
    const slot = this.#places.get(row);
    if (slot === undefined) return false;
    this.kernel.remove(slot);
    this.#places.delete(row);
    return true;
  }

  #tidy(): void {
    if (this.kernel.prepare()) this.mapSlots();
  }
}

function unsweptOf(rows: number): number {
  return UNSWEPT_FEW + Math.floor(rows * UNSWEPT_SHARE);
}
