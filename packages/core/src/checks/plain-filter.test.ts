import { describe, expect, test } from "vitest";
import { LimitError } from "../bad-input.ts";
import { LIMITS } from "../limits.ts";
import type { Filter } from "../ports/filter.ts";
import { compileFilter } from "../search/compile-filter.ts";
import { plainFilter } from "./plain-filter.ts";

const kind = { field: "kind", equals: "note" } as const;
const refused = (filter: unknown) =>
  expect(() => plainFilter(filter)).toThrow(expect.objectContaining({ code: "bad-input" }));

describe("a filter object is one condition without further keys", () => {
  test.each([
    { and: [kind], or: [kind] },
    { and: [kind], not: kind },
    { and: [kind], ...kind },
    { ...kind, in: ["x"] },
    { ...kind, exists: true },
    { ...kind, not: kind },
    { ...kind, owner: "ann" },
    { and: [kind], limit: 3 },
    { field: "size", range: { from: 1, least: 2 } },
    { field: "size", equals: 1, range: {} },
    [kind],
    new Map([["and", []]]),
    "and",
    "",
    0,
    false,
    null,
  ])("%j is refused", refused);

  test.each([
    [{ and: [kind], not: kind }, "an object with and, not"],
    [{ field: "size", equals: { least: 2 } }, "an object with least"],
    [{ field: "size", range: {} }, "an object with no properties"],
    [{ field: "size", range: { from: 1, to: "9" } }, "an object with from, to"],
    [{ field: "size", in: new Map() }, "an object of kind Map with no properties"],
  ])("%j is told by its properties", (filter, got) => {
    expect(() => plainFilter(filter)).toThrow(expect.objectContaining({ got }));
  });

  test("conditions on the prototype do not count", () => refused(Object.create({ and: [] })));

  test("undefined values are missing, as in JSON", () => {
    expect(plainFilter({ ...kind, in: undefined })).toEqual(kind);
  });

  test("holes and undefined in lists are refused", () => {
    refused({ and: [kind, undefined] });
    // biome-ignore lint/suspicious/noSparseArray: a hole is what is tried
    refused({ or: [kind, , kind] });
    // biome-ignore lint/suspicious/noSparseArray: a hole is what is tried
    refused({ field: "kind", in: ["a", , "b"] });
  });
});

describe("values that no entry can have", () => {
  test.each([Number.NaN, Number.POSITIVE_INFINITY, 3n, new Date(0), Symbol("s"), null, {}])(
    "equals %s is refused",
    (equals) => {
      refused({ field: "size", equals });
      refused({ field: "size", in: [equals] });
    },
  );

  test("bounds of two kinds are refused, because nothing lies within them", () => {
    refused({ field: "size", range: { from: 1, to: "9" } });
  });

  test("a field's name that no entry can have is refused", () => {
    refused({ field: "x\ud83d", exists: true });
    const long = { field: "x".repeat(LIMITS.fieldNameCharacters + 1), exists: true };
    expect(() => plainFilter(long)).toThrow(LimitError);
  });
});

describe("infinite bounds", () => {
  const sizes = [{ size: -1e308 }, { size: 0 }, { size: 1.7e308 }, { size: "a" }, { size: [3, "z"] }, {}];
  const passing = (range: object) => {
    const filter = JSON.parse(JSON.stringify(plainFilter({ field: "size", range }))) as Filter;
    return sizes.map(compileFilter(filter) as (fields: unknown) => boolean);
  };
  const numbers = [true, true, true, false, true, false];
  const none = numbers.map(() => false);
  const { POSITIVE_INFINITY: up, NEGATIVE_INFINITY: down } = Number;

  test.each([
    [{ to: up }, numbers],
    [{ below: up }, numbers],
    [{ from: down }, numbers],
    [{ above: down, below: up }, numbers],
    [{ from: 0, to: up }, [false, true, true, false, true, false]],
    [{ above: down, below: 0 }, [true, false, false, false, false, false]],
    [{ to: down }, none],
    [{ below: down }, none],
    [{ from: up }, none],
    [{ above: up, to: 3 }, none],
  ])("%j has the same meaning after JSON", (range, expected) => {
    expect(passing(range)).toEqual(expected);
  });
});

describe("limits", () => {
  const many = (count: number) => Array.from({ length: count }, () => kind);

  test("conditions are counted over the whole filter", () => {
    plainFilter({ or: many(LIMITS.filterTerms - 1) });
    refused({ or: many(LIMITS.filterTerms) });
    refused({ and: [{ or: many(150) }, { or: many(150) }] });
  });

  test("values of in are counted over the whole filter", () => {
    const values = Array.from({ length: LIMITS.filterValues }, (_, i) => i);
    plainFilter({ field: "n", in: values });
    refused({
      and: [
        { field: "n", in: values },
        { field: "n", in: [1] },
      ],
    });
  });

  test("characters of all values are counted", () => {
    const long = "x".repeat(LIMITS.filterCharacters / 2);
    plainFilter({ field: "n", in: [long, long] });
    refused({
      or: [
        { field: "n", in: [long, long] },
        { field: "n", equals: "x" },
      ],
    });
    refused({ field: "n", range: { from: "a", to: `${long}${long}` } });
  });

  test("conditions are nested as deep as the limit, and no deeper", () => {
    const nested = (depth: number) =>
      Array.from({ length: depth - 1 }).reduce<unknown>((inner) => ({ not: inner }), kind);
    plainFilter(nested(LIMITS.filterDepth));
    refused(nested(LIMITS.filterDepth + 1));
  });

  test("a filter nested a million deep is refused without being walked", () => {
    let deep: unknown = kind;
    for (let i = 0; i < 1_000_000; i++) deep = { not: deep };
    refused(deep);
  });

  test("a cyclic filter is refused", () => {
    const cyclic: { and: unknown[] } = { and: [] };
    cyclic.and.push(cyclic);
    refused(cyclic);
  });
});

test("in compares by value and type, also among thousands", () => {
  const test = compileFilter({ field: "n", in: Array.from({ length: 5000 }, (_, i) => i) });
  expect(test({ n: 4999 })).toBe(true);
  expect(test({ n: "4999" })).toBe(false);
  expect(test({ n: -0 })).toBe(true);
});

test("fields named like members of objects are fields like any other", () => {
  for (const field of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
    const fields = JSON.parse(`{"${field}": "x"}`);
    expect(compileFilter({ field, equals: "x" })(fields)).toBe(true);
    expect(compileFilter({ field, exists: true })({})).toBe(false);
  }
});
