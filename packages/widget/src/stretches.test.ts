import { expect, test } from "vitest";
import { stretchesOf } from "./stretches.ts";

const shown = (text: string, ...spans: [number, number][]) =>
  stretchesOf(
    text,
    spans.map(([start, end]) => ({ start, end })),
  ).map(({ text, marked }) => (marked ? `[${text}]` : text));

test("a text is divided where its marks begin and end", () => {
  expect(shown("a small bird", [2, 7])).toEqual(["a ", "[small]", " bird"]);
});

test("spans that overlap or touch are one mark, in whatever order they come", () => {
  expect(shown("abcdef", [3, 5], [1, 2], [2, 4])).toEqual(["a", "[bcde]", "f"]);
});

test("half of a surrogate pair is marked as the whole pair", () => {
  expect(shown("a🐦b", [2, 4])).toEqual(["a", "[🐦b]"]);
  expect(shown("a🐦b", [0, 2])).toEqual(["[a🐦]", "b"]);
  expect(shown("🐦🐦", [1, 2])).toEqual(["[🐦]", "🐦"]);
});

test("spans beyond the text are cut, and empty ones mark nothing", () => {
  expect(shown("wren", [-3, 1], [3, 9], [20, 30], [2, 2], [2, 1])).toEqual(["[w]", "re", "[n]"]);
});

test("without marks the text is one stretch, and without a text there is none", () => {
  expect([shown("wren"), shown("", [0, 1])]).toEqual([["wren"], []]);
});
