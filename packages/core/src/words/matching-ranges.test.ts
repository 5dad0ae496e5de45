import { expect, test } from "vitest";
import { matchingRanges } from "./matching-ranges.ts";
import { WordIndex } from "./word-index.ts";

function marked(text: string, words: readonly string[], short?: readonly string[]): string[] {
  return matchingRanges(text, words, short).map(({ start, end }) => text.slice(start, end));
}

test("words are marked where they are", () => {
  expect(marked("An owl, two owls, an OWL", ["owl"])).toEqual(["owl", "OWL"]);
  expect(marked("well-known", ["well", "wellknown"])).toEqual(["well-known"]);
});

test("single letters and digits are marked where they touch a word that is", () => {
  expect(marked("4 of utf8mb4 and 4", ["mb"], ["4"])).toEqual(["mb", "4"]);
  expect(marked("width: 3.5 mm, 3 of 5", ["mm"], ["3", "5"])).toEqual(["3", "5", "mm"]);
  expect(marked("HTTP 2 and 2 more", ["http"], ["2"])).toEqual(["HTTP", "2"]);
  expect(marked("a 5 b", ["owl"], ["5"])).toEqual([]);
});

test.each([
  ["mb4 ", "charset utf8mb4, 4 of 5", ["mb", "4"]],
  ["3.5mm ", "a width of 3.5 mm and 5 cm", ["3", "5", "mm"]],
  ["10,5 million ", "10.5 million, not 5", ["10", "5", "million"]],
])("%j marks %j", (query, text, expected) => {
  const index = new WordIndex();
  index.put("a", [{ text }]);
  const answer = index.ask(query);
  expect(marked(text, answer.matchedIn("a", 0), answer.shortIn("a", 0))).toEqual(expected);
});

test("a text of a hundred thousand short words is read in its time", () => {
  expect(marked("4 ".repeat(100_000), ["mb"], ["4"])).toEqual([]);
  expect(marked(`mb ${"4 ".repeat(100_000)}`, ["mb"], ["4"])).toHaveLength(100_001);
});
