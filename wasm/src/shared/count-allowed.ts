import type { RowBitmap } from "@pipit/core";

/** How many bits are set; the rows need not be there. */
export function countAllowed(filter: RowBitmap): number {
  let count = 0;
  for (let i = 0; i < filter.length; i++) count += bitsOf(filter[i]!);
  return count;
}

function bitsOf(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
