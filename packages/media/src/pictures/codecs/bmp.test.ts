import { bmpOf, bytesOf, drawn, u16le, u32le } from "@pipit/test/fixtures/pictures/picture-writers";
import { expect, test } from "vitest";
import { decodeBmp } from "./bmp.ts";

/** A row of each pixel's bytes, filled up to a multiple of four. */
const stored = (rows: readonly (readonly number[])[]) =>
  bytesOf(...rows.map((row) => [...row, ...new Array<number>((4 - (row.length % 4)) % 4).fill(0)]));
const bgr = (width: number, height: number) => {
  const pixels = drawn(width, height);
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => [...pixels.subarray((y * width + x) * 3).slice(0, 3)].reverse()).flat(),
  );
};
const PALETTE = [0, 0, 0, 0, 255, 0, 0, 0, 0, 255, 0, 0, 0, 0, 255, 0];

test("24 bits, from the bottom and from the top", () => {
  const rows = bgr(5, 3);
  const expected = { width: 5, height: 3, channels: 3, data: drawn(5, 3) };
  expect(decodeBmp(bmpOf({ width: 5, height: 3, bits: 24 }, stored(rows.toReversed())))).toEqual(expected);
  expect(decodeBmp(bmpOf({ width: 5, height: -3, bits: 24 }, stored(rows)))).toEqual(expected);
});

test.each([
  { bits: 1, rows: [[0b01000000]], width: 3, expected: [0, 0, 0, 0, 0, 255, 0, 0, 0] },
  { bits: 4, rows: [[0x12, 0x30]], width: 3, expected: [0, 0, 255, 0, 255, 0, 255, 0, 0] },
  { bits: 8, rows: [[3, 0, 1]], width: 3, expected: [255, 0, 0, 0, 0, 0, 0, 0, 255] },
])("a palette with $bits bits a pixel", ({ bits, rows, width, expected }) => {
  const file = bmpOf({ width, height: 1, bits, table: PALETTE }, stored(rows));
  expect([...decodeBmp(file).data]).toEqual(expected);
});

test("a colour that the palette lacks is black", () => {
  expect([...decodeBmp(bmpOf({ width: 1, height: 1, bits: 8, table: PALETTE }, stored([[200]]))).data]).toEqual([
    0, 0, 0,
  ]);
});

test.each([
  { bits: 16, row: u16le((31 << 10) | (15 << 5) | 8), expected: [255, 123, 65] },
  { bits: 32, row: u32le(0x00ff8040), expected: [255, 128, 64] },
])("$bits bits a pixel", ({ bits, row, expected }) => {
  expect([...decodeBmp(bmpOf({ width: 1, height: 1, bits }, stored([row]))).data]).toEqual(expected);
});

test("masks", () => {
  const masks = [...u32le(0xf800), ...u32le(0x7e0), ...u32le(0x1f)];
  const file = bmpOf({ width: 1, height: 1, bits: 16, compression: 3, table: masks }, stored([u16le(0xffe0)]));
  expect([...decodeBmp(file).data]).toEqual([255, 255, 0]);
});

test("rows that are cut off are refused", () => {
  const file = bmpOf({ width: 5, height: 3, bits: 24 }, stored(bgr(5, 3)));
  expect(() => decodeBmp(file.subarray(0, -1))).not.toThrow();
  expect(() => decodeBmp(file.subarray(0, -2))).toThrow(RangeError);
});
