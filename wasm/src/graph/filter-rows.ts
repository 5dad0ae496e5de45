import type { RowBitmap } from "@pipit/core";
import type { SlotMap } from "./slot-map.ts";

/** How many bits are set; the rows need not be there. */
export function countAllowed(filter: RowBitmap): number {
  let count = 0;
  for (let i = 0; i < filter.length; i++) count += bitsOf(filter[i]!);
  return count;
}

/** The slots of those allowed rows that are there. */
export function allowedRows(filter: RowBitmap, slots: SlotMap): Uint32Array {
  const found = new Uint32Array(countAllowed(filter));
  let count = 0;
  for (let word = 0; word < filter.length; word++) {
    for (let bits = filter[word]!; bits !== 0; bits &= bits - 1) {
      const slot = slots.get((word * 32 + 31 - Math.clz32(bits & -bits)) >>> 0);
      if (slot !== undefined) found[count++] = slot;
    }
  }
  return found.subarray(0, count);
}

function bitsOf(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
