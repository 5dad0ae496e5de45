import { SlotMap } from "../../shared/slot-map.ts";
import { badSnapshot } from "../../shared/snapshot/container-reader.ts";
import type { Random } from "../truth/random.ts";
import type { StoredVector } from "../truth/sampled-query.ts";
import type { ExactKernel } from "./exact-kernel.ts";

/** The rows of a kernel by their numbers. Slots have no gaps: where one is freed, the last row moves to it. */
export class ExactRows {
  readonly kernel: ExactKernel;
  readonly #slots: SlotMap;

  private constructor(kernel: ExactKernel, slots: SlotMap) {
    this.kernel = kernel;
    this.#slots = slots;
  }

  /** Throws `bad-snapshot` when the kernel has a row twice. */
  static of(kernel: ExactKernel): ExactRows {
    const slots = new SlotMap();
    for (const [slot, row] of kernel.allRows().entries()) {
      if (slots.get(row) !== undefined) throw badSnapshot(`row ${row} twice`, "each row once");
      slots.set(row, slot);
    }
    return new ExactRows(kernel, slots);
  }

  /** The same rows in the same slots of another kernel. */
  movedTo(kernel: ExactKernel): ExactRows {
    return new ExactRows(kernel, this.#slots);
  }

  /** Room must have been made for those that are new. */
  put(rows: Uint32Array, vectors: Float32Array): void {
    const { kernel } = this;
    const { dimensions } = kernel.shape;
    for (let from = 0; from < rows.length; from += kernel.batch) {
      const batch = rows.subarray(from, from + kernel.batch);
      const slots = this.#slotsFor(batch, kernel.count);
      const to = from + batch.length;
      kernel.put({ rows: batch, slots, vectors: vectors.subarray(from * dimensions, to * dimensions) });
    }
  }

  /** Whether the row was there. */
  drop(row: number): boolean {
    const slot = this.#slots.get(row);
    if (slot === undefined) return false;
    this.#slots.delete(row);
    const moved = this.kernel.drop(slot);
    if (moved === undefined) return true;
    this.#slots.delete(moved);
    this.#slots.set(moved, slot);
    return true;
  }

  /** The vector as it is kept; undefined when the row is not there. */
  vectorOf(row: number): Float32Array | undefined {
    const slot = this.#slots.get(row);
    return slot === undefined ? undefined : this.kernel.decode(slot, "originals");
  }

  draw(random: Random): StoredVector | undefined {
    const { count } = this.kernel;
    return count === 0 ? undefined : this.#storedAt(random.below(count));
  }

  /** At most `most` rows, evenly spread over the slots from `from` to before `to`. */
  spreadOver(from: number, to: number, most: number): StoredVector[] {
    const step = Math.max(1, (to - from) / most);
    const slots = Array.from({ length: Math.min(most, to - from) }, (_, i) => Math.floor(from + i * step));
    return slots.map((slot) => this.#storedAt(slot));
  }

  #storedAt(slot: number): StoredVector {
    return { row: this.kernel.rowOf(slot), vector: this.kernel.decode(slot, "originals") };
  }

  #slotsFor(rows: Uint32Array, count: number): Uint32Array {
    let next = count;
    return rows.map((row) => {
      const present = this.#slots.get(row);
      if (present !== undefined) return present;
      this.#slots.set(row, next);
      return next++;
    });
  }
}
