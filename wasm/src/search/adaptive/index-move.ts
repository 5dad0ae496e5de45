import { Slices, throwIfAborted } from "@pipit/core";
import type { ExactScan } from "../exact/exact.ts";
import type { HnswIndex } from "../graph/hnsw-index.ts";

export type HeldIndex = ExactScan | HnswIndex;

export interface MoveParts {
  readonly from: HeldIndex;
  /** Empty. */
  readonly to: HeldIndex;
  /** The order in which the rows are copied. */
  order(rows: Uint32Array): Uint32Array;
  readonly dimensions: number;
  readonly signal: AbortSignal;
}

// Some ten milliseconds of building a graph, and one of filling a scan, which is the longest that a search waits meanwhile. Filling
// a scan does many steps in a slice, since searches that measure every row take ten times as long as one step.
const VALUES_A_STEP = 64 * 384;

/**
 * Copies the rows of one index into another, while the first one answers and takes every change. Rows that were added or
 * changed after the move began are copied at its end; removed rows are removed from it at once.
 */
export class IndexMove {
  readonly to: HeldIndex;
  readonly #parts: MoveParts;
  readonly #late = new Set<number>();

  constructor(parts: MoveParts) {
    this.#parts = parts;
    this.to = parts.to;
  }

  noteAdded(rows: Uint32Array): void {
    for (const row of rows) this.#late.add(row);
  }

  async noteRemoved(rows: Uint32Array): Promise<void> {
    for (const row of rows) this.#late.delete(row);
    await this.to.remove(rows);
  }

  /** Whether rows are still to be brought. */
  get isBehind(): boolean {
    return this.#late.size > 0;
  }

  /** Whether the second index has all rows of the first one. */
  get isWhole(): boolean {
    return !this.isBehind && this.to.stats().count === this.#parts.from.stats().count;
  }

  /** Resolves when the second index has caught up and its recall is measured. Fails with `storage-full`, `closed` and `aborted`. */
  async run(): Promise<void> {
    const { from, to, order } = this.#parts;
    await this.#putAll(order(from.allRows()));
    await this.catchUp();
    to.measureBy(from.measuredBy);
    await to.holdRecall();
    await this.catchUp();
  }

  async catchUp(): Promise<void> {
    while (this.#late.size > 0) {
      const rows = Uint32Array.from(this.#late);
      this.#late.clear();
      await this.#putAll(rows);
    }
  }

  async #putAll(rows: Uint32Array): Promise<void> {
    const step = Math.max(1, Math.floor(VALUES_A_STEP / this.#parts.dimensions));
    const slices = new Slices();
    for (let at = 0; at < rows.length; at += step) {
      throwIfAborted(this.#parts.signal);
      await this.#put(rows.subarray(at, at + step));
      await slices.pause();
    }
  }

  async #put(rows: Uint32Array): Promise<void> {
    const { from, to, dimensions } = this.#parts;
    const found = [...rows].flatMap((row) => {
      const vector = from.vectorOf(row);
      return vector ? [{ row, vector }] : [];
    });
    const vectors = new Float32Array(found.length * dimensions);
    for (const [i, { vector }] of found.entries()) vectors.set(vector, i * dimensions);
    await to.add(
      Uint32Array.from(found, ({ row }) => row),
      vectors,
    );
  }
}
