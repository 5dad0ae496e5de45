import { expect, test } from "vitest";
import { isExpectedVersion, isKnown, isRangeCurrent } from "./conditions.ts";

const modified = Date.parse("2026-11-28T05:00:00.700Z");
const version = { etag: '"abc-br"', modified };
const headers = (given: Record<string, string>) => (name: string) => given[name];

test.each([
  ['"abc-br"', true],
  ['W/"abc-br"', true],
  ['"x", "abc-br"', true],
  ['"x",W/"abc-br" , "y"', true],
  ["*", true],
  ['"abc"', false],
  ['"abc-gzip"', false],
  ["abc-br", false],
  ["", false],
])("If-None-Match %s: known %s", (tags, known) => {
  expect(isKnown(headers({ "if-none-match": tags }), version)).toBe(known);
});

test.each([
  ["Sat, 28 Nov 2026 05:00:00 GMT", true],
  ["Sat, 28 Nov 2026 05:00:01 GMT", true],
  ["Sat, 28 Nov 2026 04:59:59 GMT", false],
  ["yesterday", false],
])("If-Modified-Since %s: known %s", (date, known) => {
  expect(isKnown(headers({ "if-modified-since": date }), version)).toBe(known);
});

test("a tag counts before a date", () => {
  const given = { "if-none-match": '"x"', "if-modified-since": "Sat, 28 Nov 2026 05:00:01 GMT" };
  expect(isKnown(headers(given), version)).toBe(false);
  expect(isKnown(headers({}), version)).toBe(false);
});

test.each([
  [{}, true],
  [{ "if-match": '"abc-br"' }, true],
  [{ "if-match": '"x", "abc-br"' }, true],
  [{ "if-match": "*" }, true],
  [{ "if-match": 'W/"abc-br"' }, false],
  [{ "if-match": '"abc"' }, false],
  [{ "if-match": '"abc"', "if-unmodified-since": "Sat, 28 Nov 2026 05:00:00 GMT" }, false],
  [{ "if-unmodified-since": "Sat, 28 Nov 2026 05:00:00 GMT" }, true],
  [{ "if-unmodified-since": "Sat, 28 Nov 2026 04:59:59 GMT" }, false],
  [{ "if-unmodified-since": "yesterday" }, true],
])("%j: expected version %s", (given, expected) => {
  expect(isExpectedVersion(headers(given as Record<string, string>), version)).toBe(expected);
});

test("a range without If-Range is of any version", () => {
  expect(isRangeCurrent(headers({}), version)).toBe(true);
});

test.each([
  ['"abc-br"', true],
  ["Sat, 28 Nov 2026 05:00:00 GMT", true],
  ['W/"abc-br"', false],
  ['"abc"', false],
  ["Sat, 28 Nov 2026 05:00:01 GMT", false],
  ["nonsense", false],
])("If-Range %s: current %s", (given, current) => {
  expect(isRangeCurrent(headers({ "if-range": given }), version)).toBe(current);
});
