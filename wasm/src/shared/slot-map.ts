import type { RowBitmap } from "@pipit/core";
import { countAllowed } from "./count-allowed.ts";

const PAGE_SHIFT = 10;
const PAGE = 1 << PAGE_SHIFT;

interface Page {
  /** Slot + 1 for each row of the page; 0 where there is none. */
  readonly slots: Uint32Array;
  taken: number;
}

/**
 * Which slot of the kernel a row lies in. It is kept in JavaScript because the kernel never looks up a row, and a
 * table in its memory, which only grows, would lose its former memory at each growth. Row numbers are assigned in rising
 * order, so pages of 1024 are dense: about 4 bytes a row, where a Map takes ten times that.
 */
export class SlotMap {
  readonly #pages = new Map<number, Page>();

  get(row: number): number | undefined {
    const slot = this.#pages.get(row >>> PAGE_SHIFT)?.slots[row & (PAGE - 1)];
    return slot ? slot - 1 : undefined;
  }

  /** False, without a change, when the row is present. */
  set(row: number, slot: number): boolean {
    const page = this.#pageOf(row >>> PAGE_SHIFT);
    const at = row & (PAGE - 1);
    if (page.slots[at] !== 0) return false;
    page.slots[at] = slot + 1;
    page.taken++;
    return true;
  }

  /** The row must be present. */
  delete(row: number): void {
    const page = this.#pageOf(row >>> PAGE_SHIFT);
    page.slots[row & (PAGE - 1)] = 0;
    if (--page.taken === 0) this.#pages.delete(row >>> PAGE_SHIFT);
  }

  /** Every slot that holds a row. */
  all(): Uint32Array {
    const found = new Uint32Array(this.#size);
    let count = 0;
    for (const { slots } of this.#pages.values()) for (const slot of slots) if (slot > 0) found[count++] = slot - 1;
    return found;
  }

  /** The slots of those rows of the bitmap that are there. */
  allowed(filter: RowBitmap): Uint32Array {
    const found = new Uint32Array(Math.min(this.#size, countAllowed(filter)));
    let count = 0;
    for (const [number, { slots }] of this.#pages) {
      const first = number * (PAGE / 32);
      for (let word = 0; word < PAGE / 32; word++) {
        for (let bits = filter[first + word] ?? 0; bits !== 0; bits &= bits - 1) {
          const slot = slots[word * 32 + 31 - Math.clz32(bits & -bits)]!;
          if (slot > 0) found[count++] = slot - 1;
        }
      }
    }
    return found.subarray(0, count);
  }

  /** Every row with its slot, in no particular order. */
  *entries(): Generator<[row: number, slot: number]> {
    for (const [number, { slots }] of this.#pages) {
      for (const [i, slot] of slots.entries()) if (slot > 0) yield [((number << PAGE_SHIFT) | i) >>> 0, slot - 1];
    }
  }

  get #size(): number {
    let taken = 0;
    for (const page of this.#pages.values()) taken += page.taken;
    return taken;
  }

  #pageOf(number: number): Page {
    const present = this.#pages.get(number);
    if (present) return present;
    const page = { slots: new Uint32Array(PAGE), taken: 0 };
    this.#pages.set(number, page);
    return page;
  }
}
