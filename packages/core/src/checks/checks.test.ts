import { describe, expect, test } from "vitest";
import { LIMITS } from "../limits.ts";
import { checkedEntry, checkedPatch } from "./check-entry.ts";
import { checkedFields } from "./check-fields.ts";
import { checkedId, checkedIds } from "./check-id.ts";
import { checkedSearch } from "./check-search.ts";
import { checkedText } from "./check-text.ts";
import { checkedVector } from "./check-vector.ts";

const badInput = expect.objectContaining({ code: "bad-input" });
const badVector = expect.objectContaining({ code: "bad-vector" });

describe("ids", () => {
  test.each([".", "..", "a/b", "100%", "%2e", "\0", "a\0b", " ", "é", "🐦", "__proto__"])("%j is an id", (id) => {
    expect(checkedId(id)).toBe(id);
  });

  test.each([
    "",
    "x".repeat(LIMITS.idCharacters + 1),
    "cut \ud83d",
    "\udc26",
    3,
    null,
    undefined,
    ["a"],
    new String("a"),
  ])("%j is refused", (id) => expect(() => checkedId(id)).toThrow(badInput));

  test("a list of ids has each once; a text is no list of its letters", () => {
    expect(checkedIds(["a", "b", "a"])).toEqual(["a", "b"]);
    expect(checkedIds(["", "cut \ud83d"])).toEqual(["", "cut \ud83d"]);
    for (const id of [3, null, undefined, "x".repeat(LIMITS.idCharacters + 1)]) {
      expect(() => checkedIds(["a", id])).toThrow(badInput);
    }
    expect(checkedIds(new Set(["a"]))).toEqual(["a"]);
    for (const ids of ["owl", null, undefined, 3, { length: 1 }]) expect(() => checkedIds(ids)).toThrow(badInput);
  });
});

describe("texts", () => {
  test("half an emoji becomes a replacement character, and offsets stay", () => {
    expect(checkedText("lark \ud83d sings 🐦")).toBe("lark \ufffd sings 🐦");
  });

  test("one beyond the limit is refused, saying what to do", () => {
    expect(checkedText("x".repeat(LIMITS.textCharacters))).toHaveLength(LIMITS.textCharacters);
    expect(() => checkedText("x".repeat(LIMITS.textCharacters + 1))).toThrow(/Cut it into several entries/);
  });
});

describe("fields", () => {
  test("every own property is a field, whatever its name", () => {
    const fields = JSON.parse('{"__proto__": "x", "constructor": 1, "toString": true, "": [1]}');
    expect(Object.entries(checkedFields(fields))).toEqual(Object.entries(fields));
  });

  test("the copy is plain: getters are read once, later changes do not reach it", () => {
    let reads = 0;
    const tags = ["a"];
    const given = Object.freeze({
      tags,
      get size() {
        return ++reads;
      },
    });
    const copy = checkedFields(given);
    tags.push("b");
    expect(copy).toEqual({ tags: ["a"], size: 1 });
    expect(reads).toBe(1);
  });

  test("half an emoji in a value stays as it is", () => {
    expect(checkedFields({ title: "cut \ud83d" })).toEqual({ title: "cut \ud83d" });
  });

  test("-0 is 0", () => {
    expect(Object.is(checkedFields({ n: -0 }).n, 0)).toBe(true);
  });

  test.each([
    ["a Date", { when: new Date(0) }],
    ["a BigInt", { n: 3n }],
    ["a Symbol", { s: Symbol("s") }],
    ["NaN", { n: Number.NaN }],
    ["infinity", { n: Number.POSITIVE_INFINITY }],
    ["null", { n: null }],
    ["undefined", { n: undefined }],
    ["a function", { n: () => 1 }],
    ["an object", { n: { cm: 3 } }],
    ["a list in a list", { n: [[1]] }],
    // biome-ignore lint/suspicious/noSparseArray: a hole is what is tried
    ["a list with a hole", { n: [1, , 3] }],
    ["half an emoji in a name", { "n\ud83d": 1 }],
  ])("%s in a field is refused", (_, fields) => {
    expect(() => checkedFields(fields)).toThrow(badInput);
  });

  test.each([[["a"]], [new Map([["a", 1]])], [new Date(0)], ["text"], [null], [new Set()]])(
    "%j is refused",
    (fields) => {
      expect(() => checkedFields(fields)).toThrow(badInput);
    },
  );

  test("number, names and size are limited", () => {
    const numbered = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, i]));
    checkedFields(numbered(LIMITS.fieldsPerEntry));
    expect(() => checkedFields(numbered(LIMITS.fieldsPerEntry + 1))).toThrow(badInput);
    expect(() => checkedFields({ ["x".repeat(LIMITS.fieldNameCharacters + 1)]: 1 })).toThrow(badInput);
    checkedFields({ long: "x".repeat(60_000) });
    const half = "x".repeat(LIMITS.fieldsCharacters / 2);
    expect(() => checkedFields({ a: half, b: half })).toThrow(badInput);
    expect(() => checkedFields({ list: new Array(10_000_000).fill("") })).toThrow(badInput);
    expect(() => checkedFields({ list: new Array(LIMITS.fieldsCharacters).fill(1) })).toThrow(badInput);
  });
});

describe("entries", () => {
  test("a patch of unknown properties alone is refused", () => {
    expect(() => checkedPatch({ text: undefined, more: 1 } as never)).toThrow(badInput);
    expect(checkedPatch({ text: undefined } as never)).toEqual({});
  });

  test("unknown properties of an entry are dropped", () => {
    expect(checkedEntry({ id: "a", text: "t", more: 1 } as never)).toEqual({ id: "a", text: "t" });
    expect(checkedPatch({ text: "t", more: 1 } as never)).toEqual({ text: "t" });
  });

  test.each([null, undefined, "a", 3, { id: "a" }, { id: "a", text: 3 }, { id: "a", text: "t", fields: null }])(
    "%j is refused",
    (entry) => expect(() => checkedEntry(entry as never)).toThrow(badInput),
  );

  test.each([null, { text: null }, { text: 3 }, { fields: null }, { fields: [] }])("a patch %j is refused", (patch) => {
    expect(() => checkedPatch(patch as never)).toThrow(badInput);
  });
});

describe("vectors", () => {
  class Own extends Float32Array {}

  test.each([
    ["ten times too long", Float32Array.of(0, 6, 8)],
    ["float64", Float64Array.of(0, 6, 8)],
    ["a list of numbers", [0, 6, 8]],
    ["a class of its own", Own.of(0, 6, 8)],
    ["tiny", Float64Array.of(0, 6e-30, 8e-30)],
    ["huge", Float32Array.of(0, 1.2e38, 1.6e38)],
  ])("%s comes to length 1", (_, vector) => {
    const unit = checkedVector(vector);
    expect(unit.constructor).toBe(Float32Array);
    expect([...unit]).toEqual([0, Math.fround(0.6), Math.fround(0.8)]);
  });

  test("one of length 1 stays to the bit", () => {
    const unit = Float32Array.of(0.6, 0.8);
    expect(checkedVector(unit)).toEqual(unit);
  });

  test.each([
    ["zero", new Float32Array(3)],
    ["NaN", Float32Array.of(1, Number.NaN)],
    ["infinity", [1, Number.POSITIVE_INFINITY]],
    ["beyond float32", [1e39, 1]],
    ["no value", new Float32Array(0)],
    ["too many values", new Float32Array(LIMITS.vectorDimensions + 1).fill(1)],
    // biome-ignore lint/suspicious/noSparseArray: a hole is what is tried
    ["a hole", [1, , 1]],
    ["texts", ["1", "0"]],
    ["BigInts", BigInt64Array.of(1n)],
    ["whole numbers", Int8Array.of(1, 0)],
    ["a Date", new Date(0)],
    ["null", null],
    ["undefined", undefined],
  ])("%s is refused", (_, vector) => {
    expect(() => checkedVector(vector)).toThrow(badVector);
  });
});

describe("searches", () => {
  test("a query longer than the limit is refused", () => {
    expect(() => checkedSearch("x".repeat(LIMITS.queryCharacters + 1), {})).toThrow(badInput);
  });

  test.each([0, 1.5, 1001, Number.NaN, "5", 5n, null])("k of %s is refused", (k) => {
    expect(() => checkedSearch("owl", { k: k as never })).toThrow(badInput);
  });

  test.each([Number.NaN, "0", null, 1n])("minScore of %s is refused", (minScore) => {
    expect(() => checkedSearch("owl", { minScore: minScore as never })).toThrow(badInput);
  });

  test.each([null, false, "", 0])("a filter of %j is refused, not left out", (filter) => {
    expect(() => checkedSearch("owl", { filter: filter as never })).toThrow(badInput);
  });
});
