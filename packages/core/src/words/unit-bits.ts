import type { RowBitmap } from "../ports/vector-index.ts";

export const hasBit = (bitmap: RowBitmap, at: number): boolean => (bitmap[at >>> 5]! & (1 << (at & 31))) !== 0;
export const setBit = (bitmap: RowBitmap, at: number): void => {
  bitmap[at >>> 5]! |= 1 << (at & 31);
};
export const clearBit = (bitmap: RowBitmap, at: number): void => {
  bitmap[at >>> 5]! &= ~(1 << (at & 31));
};

/** The units of a bitmap, in rising order. */
export function* unitsOf(bitmap: RowBitmap): Generator<number> {
  for (const [i, bits] of bitmap.entries()) {
    for (let rest = bits; rest !== 0; rest &= rest - 1) yield 32 * i + 31 - Math.clz32(rest & -rest);
  }
}
