import { describe, expect, test } from "vitest";
import { type RecordShape, recordOf, textOf } from "./embedding-record.ts";

const vector = Float32Array.of(0.6, 0.8);
const VECTOR: RecordShape = { form: "vector", dimensions: 2, tokenBytes: 0 };
const BITS: RecordShape = { form: "bits", dimensions: 2, tokenBytes: 2 };
const FLOATS: RecordShape = { form: "floats", dimensions: 2, tokenBytes: 8 };

const bits = Uint8Array.of(1, 2, 3, 4, 5, 6);
const floats = Float32Array.of(1, 0, 0, 1, 0.6, 0.8);

describe("a record", () => {
  test("of a text has its vector and its tokens, whose number follows from its length", () => {
    expect(textOf(recordOf({ vector }), VECTOR)).toEqual({ vector });
    expect(textOf(recordOf({ vector, tokens: bits }), BITS)).toEqual({ vector, tokens: bits, count: 3 });
    expect(textOf(recordOf({ vector, tokens: floats }), FLOATS)).toEqual({ vector, tokens: floats, count: 3 });
  });

  test("of a text without tokens has none", () => {
    const tokens = new Uint8Array();
    expect(textOf(recordOf({ vector, tokens }), BITS)).toEqual({ vector, tokens, count: 0 });
  });

  test.each([
    ["bits", bits, BITS],
    ["floats", floats, FLOATS],
  ] as const)("of %s is read from any place of a buffer, and may be overwritten then", (_, tokens, shape) => {
    const record = recordOf({ vector, tokens });
    const shifted = new Uint8Array(record.length + 1);
    shifted.set(record, 1);
    const buffer = Buffer.from(shifted.slice().buffer, 1);
    const texts = [textOf(shifted.subarray(1), shape), textOf(buffer, shape)];
    shifted.fill(0);
    buffer.fill(0);
    for (const text of texts) expect(text).toEqual({ vector, tokens, count: 3 });
  });

  test("that is cut short anywhere is missing", () => {
    for (const [tokens, shape] of [
      [undefined, VECTOR],
      [bits, BITS],
      [floats, FLOATS],
    ] as const) {
      const record = recordOf({ vector, tokens });
      for (let end = 0; end < record.length; end++) expect(textOf(record.subarray(0, end), shape)).toBeUndefined();
    }
  });

  test("that is longer than its text is missing", () => {
    const longer = new Uint8Array([...recordOf({ vector }), 0]);
    expect(textOf(longer, VECTOR)).toBeUndefined();
  });

  test("with another bit in its tokens is missing", () => {
    const record = recordOf({ vector, tokens: bits });
    record[9]! ^= 1;
    expect(textOf(record, BITS)).toBeUndefined();
  });

  test("of zeros is missing", () => {
    for (const shape of [VECTOR, BITS, FLOATS]) expect(textOf(new Uint8Array(8), shape)).toBeUndefined();
  });

  test("of tokens of another size, or of a vector of another length, is missing", () => {
    expect(textOf(recordOf({ vector, tokens: Uint8Array.of(1, 2, 3) }), BITS)).toBeUndefined();
    expect(textOf(recordOf({ vector: Float32Array.of(0, 0, 1), tokens: bits }), BITS)).toBeUndefined();
  });
});
