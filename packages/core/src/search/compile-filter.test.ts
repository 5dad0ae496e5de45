import { describe, expect, test } from "vitest";
import type { Filter } from "../ports/filter.ts";
import { compileFilter } from "./compile-filter.ts";

const owl = { family: "owls", sizeCm: 35, habitat: ["farmland", "barns"], rare: false };
const passes = (filter: Filter, fields = owl as object) => compileFilter(filter)(fields as never);

describe("filter", () => {
  test("equals compares by value and type", () => {
    expect(passes({ field: "sizeCm", equals: 35 })).toBe(true);
    expect(passes({ field: "sizeCm", equals: "35" })).toBe(false);
    expect(passes({ field: "rare", equals: false })).toBe(true);
  });

  test("a list matches when any element does", () => {
    expect(passes({ field: "habitat", equals: "barns" })).toBe(true);
    expect(passes({ field: "habitat", in: ["sea", "farmland"] })).toBe(true);
  });

  test("range takes its ends in or leaves them out as named", () => {
    expect(passes({ field: "sizeCm", range: { from: 35, to: 35 } })).toBe(true);
    expect(passes({ field: "sizeCm", range: { above: 35 } })).toBe(false);
    expect(passes({ field: "sizeCm", range: { below: 35 } })).toBe(false);
    expect(passes({ field: "family", range: { from: "o", below: "p" } })).toBe(true);
  });

  test("a range of numbers never matches a text", () => {
    expect(passes({ field: "family", range: { from: 0 } })).toBe(false);
  });

  test("a missing field matches only not and exists: false", () => {
    expect(passes({ field: "colour", equals: "red" })).toBe(false);
    expect(passes({ not: { field: "colour", equals: "red" } })).toBe(true);
    expect(passes({ field: "colour", exists: false })).toBe(true);
  });

  test("names on the prototype are not fields", () => {
    expect(passes({ field: "constructor", exists: true })).toBe(false);
  });

  test("or passes where any alternative does, of one field or of several", () => {
    const alternatives = [
      { field: "family", equals: "larks" },
      { field: "sizeCm", in: [3, 35] },
      { field: "family", in: ["wrens"] },
      { field: "rare", exists: false },
    ];
    expect(passes({ or: alternatives })).toBe(true);
    expect(passes({ or: alternatives }, { family: "wrens", rare: true })).toBe(true);
    expect(passes({ or: alternatives }, { family: ["gulls", "larks"], rare: true })).toBe(true);
    expect(passes({ or: alternatives }, { family: "gulls", sizeCm: "35", rare: true })).toBe(false);
    expect(passes({ or: alternatives }, { family: "gulls" })).toBe(true);
  });

  test("an empty `and` passes all entries, an empty `or` none", () => {
    expect(passes({ and: [] })).toBe(true);
    expect(passes({ or: [] })).toBe(false);
  });

  test.each([
    null,
    {},
    { and: {} },
    { field: "x" },
    { field: 3, equals: 3 },
    { field: "x", equals: { a: 1 } },
    { field: "x", range: {} },
    { field: "x", range: { from: Number.NaN } },
    { field: "x", range: { least: 3 } },
    { field: "x", exists: "yes" },
    { not: { field: "x", like: "y" } },
  ])("%j is refused, showing the forms that do", (filter) => {
    expect(() => compileFilter(filter as never)).toThrow(/\{field, equals\}/);
  });
});
