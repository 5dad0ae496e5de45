import { describe, expect, test } from "vitest";
import { readTokenBlob, writeTokenBlob } from "./token-blob.ts";

const passages = [{ row: 7 }, { row: 8 }, { row: 9 }];
const tokens = { space: "0123456789abcdef0123456789abcdef", counts: [2, 0, 1], bits: Uint8Array.of(1, 2, 3, 4, 5, 6) };

test("token vectors are read as they were written, also from a blob at an odd offset", () => {
  const blob = writeTokenBlob(tokens, passages);
  const shifted = new Uint8Array(blob.length + 1);
  shifted.set(blob, 1);
  for (const stored of [blob, shifted.subarray(1)]) expect(readTokenBlob(stored, passages)).toEqual(tokens);
});

test("token vectors of no passage are read as they were written", () => {
  const none = { space: "é", counts: [], bits: new Uint8Array() };
  expect(readTokenBlob(writeTokenBlob(none, []), [])).toEqual(none);
});

test("bits that are a view of a larger array are written without the rest of it", () => {
  const bits = new Uint8Array(1000).fill(9).subarray(100, 106);
  const { length } = writeTokenBlob(tokens, passages);
  expect(writeTokenBlob({ ...tokens, bits }, passages)).toHaveLength(length);
});

test("the layout is that of version 1", () => {
  const few = { space: "s", counts: [1, 258], bits: Uint8Array.from({ length: 259 }, () => 255) };
  const blob = writeTokenBlob(few, [{ row: 513 }, { row: 514 }]);
  expect([...blob.subarray(0, 16)]).toEqual([1, 0, 0, 0, 1, 2, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0]);
  expect([...blob.subarray(16, 27)]).toEqual([1, 0, 0, 0, 2, 1, 0, 0, 115, 255, 255]);
});

test.each([
  ["other passages", [{ row: 10 }, { row: 11 }, { row: 12 }]],
  ["fewer passages", [{ row: 10 }]],
  ["no passages", []],
])("token vectors are not used for %s than those that they were made of", (_, others) => {
  expect(readTokenBlob(writeTokenBlob(tokens, passages), others)).toBeUndefined();
});

describe("a blob is refused", () => {
  const blob = writeTokenBlob(tokens, passages);
  const changed = (word: number, value: number) => {
    const copy = blob.slice();
    new DataView(copy.buffer).setUint32(word * 4, value, true);
    return copy;
  };

  test.each([
    ["of no bytes", new Uint8Array(), "unknown layout"],
    ["that is cut off in its head", blob.slice(0, 15), "unknown layout"],
    ["of another version", changed(0, 2), "unknown layout"],
    ["that is cut off before its bits", blob.slice(0, 40), "cut off"],
    ["with more passages than it has bytes", changed(2, 0xffff_ffff), "cut off"],
    ["with a longer id than it has bytes", changed(3, 0xffff_ffff), "cut off"],
    ["with too few passages", changed(2, 2), "2 of 3 passages"],
    ["with other counts than bits", changed(4, 3), "6 bytes of 4 tokens"],
    ["that is cut off in its bits", blob.slice(0, -1), "5 bytes of 3 tokens"],
  ])("%s", (_, damaged, why) => {
    expect(() => readTokenBlob(damaged, passages)).toThrow(new RegExp(why));
  });
});
