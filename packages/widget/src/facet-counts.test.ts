import type { Fields, Hit } from "@pipit/core";
import { expect, test } from "vitest";
import { type FacetScalar, facetValues, filterOf } from "./facet-counts.ts";

const hit = (fields?: Fields): Hit => {
  const entry = fields ? { id: "a", text: "A.", fields } : { id: "a", text: "A." };
  return {
    id: "a",
    score: 1,
    evidence: {},
    matches: [],
    entry,
    part: { modality: "text", text: "A.", start: 0, end: 2 },
  };
};
const hits = [
  hit({ group: "Owls", region: ["Europe", "Asia", "Asia"] }),
  hit({ group: "Owls", region: ["Africa"] }),
  hit({ group: "Larks", region: ["Europe"] }),
  hit(),
];
const counted = (field: string, choices: [string, FacetScalar][] = []) =>
  facetValues(hits, field, new Map(choices)).map(({ value, count }) => [value, count]);

test("values are counted, the most frequent first and equal ones by name", () => {
  expect(counted("group")).toEqual([
    ["Owls", 2],
    ["Larks", 1],
  ]);
  expect(counted("region")).toEqual([
    ["Europe", 2],
    ["Africa", 1],
    ["Asia", 1],
  ]);
});

test("a choice in another field lowers the counts, one in the same field does not", () => {
  expect(counted("region", [["group", "Larks"]])).toEqual([["Europe", 1]]);
  expect(counted("group", [["group", "Larks"]])).toEqual(counted("group"));
});

test("a chosen value is there even if no hit has it", () => {
  expect(counted("group", [["group", "Gulls"]])).toContainEqual(["Gulls", 0]);
});

test("numbers and truth values keep their type, and a field that no hit has is empty", () => {
  expect(facetValues([hit({ size: 5, rare: false })], "size", new Map())).toEqual([{ value: 5, count: 1 }]);
  expect(facetValues([hit({ size: 5, rare: false })], "rare", new Map())).toEqual([{ value: false, count: 1 }]);
  expect([counted("size"), counted("constructor")]).toEqual([[], []]);
});

test("the filter needs all choices, and is none without any", () => {
  expect(filterOf(new Map())).toBeUndefined();
  expect(filterOf(new Map([["group", "Owls"]]))).toEqual({ field: "group", equals: "Owls" });
  expect(
    filterOf(
      new Map<string, FacetScalar>([
        ["group", "Owls"],
        ["size", 5],
      ]),
    ),
  ).toEqual({
    and: [
      { field: "group", equals: "Owls" },
      { field: "size", equals: 5 },
    ],
  });
});
