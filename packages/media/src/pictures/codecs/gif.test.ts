import { gifOf } from "@pipit/test/fixtures/pictures/picture-writers";
import { expect, test } from "vitest";
import { decodeGif } from "./gif.ts";
import { readLzw } from "./lzw.ts";

const PALETTE = [10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42];
const redOf = (file: Uint8Array) => [...decodeGif(file).data].filter((_, at) => at % 3 === 0);

test("a frame as large as its screen", () => {
  const frame = { left: 0, top: 0, width: 2, height: 2, colors: [0, 1, 2, 3] };
  expect(decodeGif(gifOf(2, 2, PALETTE, frame))).toEqual({
    width: 2,
    height: 2,
    channels: 3,
    data: Uint8Array.from([10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42]),
  });
});

test("a smaller frame, with a palette of its own, on the background", () => {
  const own = PALETTE.map((value) => value + 100);
  const frame = { left: 1, top: 1, width: 1, height: 2, palette: own, colors: [0, 3] };
  expect(redOf(gifOf(3, 3, PALETTE, frame, 2))).toEqual([30, 30, 30, 30, 110, 30, 30, 140, 30]);
});

test("a screen grows with a frame beyond it", () => {
  const frame = { left: 1, top: 1, width: 2, height: 1, colors: [1, 2] };
  const file = gifOf(2, 2, PALETTE, frame);
  expect(decodeGif(file)).toMatchObject({ width: 3, height: 2 });
  expect(redOf(file)).toEqual([10, 10, 10, 10, 20, 30]);
});

test("an interlaced frame", () => {
  const rows = [0, 8, 4, 2, 6, 1, 3, 5, 7];
  const palette = Array.from({ length: 48 }, (_, at) => Math.floor(at / 3));
  const frame = { left: 0, top: 0, width: 1, height: 9, isInterlaced: true, colors: rows };
  expect(redOf(gifOf(1, 9, palette, frame))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

test("more pixels than a block and than codes before the next clear code", () => {
  const colors = Array.from({ length: 60 * 50 }, (_, at) => at % 4);
  const frame = { left: 0, top: 0, width: 60, height: 50, colors };
  expect(redOf(gifOf(60, 50, PALETTE, frame))).toEqual(colors.map((color) => PALETTE[color * 3]));
});

test("pixels that are cut off are refused", () => {
  const frame = { left: 0, top: 0, width: 4, height: 4, colors: new Array<number>(15).fill(1) };
  expect(() => decodeGif(gifOf(4, 4, PALETTE, frame))).toThrow("the pixels end after 15 of 16");
});

/** Codes of a first width of 3 bits, which grow. */
function packed(codes: readonly (readonly [code: number, bits: number])[]): Uint8Array {
  let all = 0n;
  let at = 0n;
  for (const [code, bits] of codes) {
    all |= BigInt(code) << at;
    at += BigInt(bits);
  }
  return Uint8Array.from({ length: Number((at + 7n) / 8n) }, (_, byte) => Number((all >> BigInt(byte * 8)) & 255n));
}

test("codes for runs, one that names itself, and growing codes", () => {
  // Clear, 1, then 6 (just made by itself: 1 1), 7 (1 1 1), with four bits from then on: 8 (1 1 1 1).
  const data = packed([
    [4, 3],
    [1, 3],
    [6, 3],
    [7, 3],
    [8, 4],
    [2, 4],
  ]);
  expect([...readLzw(data, 2, 11)]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2]);
});

test.each([
  ["a code that was not made yet", [4, 1, 7]],
  ["a first code that is no symbol", [4, 6]],
  ["an end before all pixels", [4, 1, 5]],
])("%s is refused", (_, codes) => {
  expect(() => readLzw(packed(codes.map((code) => [code, 3] as const)), 2, 10)).toThrow(RangeError);
});

test.each([0, 9, 255])("symbols of %i bits are refused", (bits) => {
  expect(() => readLzw(new Uint8Array(10), bits, 10)).toThrow(RangeError);
});
