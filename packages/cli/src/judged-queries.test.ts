import { expect, test } from "vitest";
import { readJudgedQueries } from "./judged-queries.ts";

test("a line is a query with ids, or with gains of ids", () => {
  const text =
    '{"query": "owl", "relevant": ["a", "b"]}\r\n\n{"query": "gull", "relevant": {"c": 2}}\n{"query": "x", "relevant": []}';
  expect(readJudgedQueries(text)).toEqual([
    {
      query: "owl",
      gains: new Map([
        ["a", 1],
        ["b", 1],
      ]),
    },
    { query: "gull", gains: new Map([["c", 2]]) },
    { query: "x", gains: new Map() },
  ]);
});

test.each([
  ["owl"],
  ["null"],
  ["[]"],
  ['{"query": "owl"}'],
  ['{"query": " ", "relevant": []}'],
  ['{"query": 3, "relevant": []}'],
  ['{"query": "owl", "relevant": [3]}'],
  ['{"query": "owl", "relevant": "a"}'],
  ['{"query": "owl", "relevant": {"a": 0}}'],
  ['{"query": "owl", "relevant": {"a": "1"}}'],
])("the line %s is refused, and its number is named", (line) => {
  const text = `{"query": "owl", "relevant": ["a"]}\n${line}\n`;
  expect(() => readJudgedQueries(text)).toThrow(expect.objectContaining({ code: "bad-input" }));
  expect(() => readJudgedQueries(text)).toThrow(/line 2/);
});

test("a file without a line is refused", () => {
  expect(() => readJudgedQueries(" \n")).toThrow(expect.objectContaining({ code: "bad-input" }));
});
