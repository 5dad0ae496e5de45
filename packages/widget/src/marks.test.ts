import { expect, test } from "vitest";
import { markLiteral } from "./marks.ts";

const marked = (text: string, query: string) =>
  markLiteral(text, query)
    .filter(({ literal }) => literal)
    .map((stretch) => stretch.text);

test("words of the query are marked without regard to case", () => {
  expect(marked("Meadow pipits of the meadow", "MEADOW")).toEqual(["Meadow", "meadow"]);
});

test("nothing of the text is lost", () => {
  const text = "A small brown bird, brown and small.";
  expect(
    markLiteral(text, "brown bird")
      .map((stretch) => stretch.text)
      .join(""),
  ).toBe(text);
});

test("words inside words are not marked", () => {
  expect(marked("a blackbird", "bird")).toEqual([]);
});

test("short words are passed over beside longer ones", () => {
  expect(marked("the owl of the barn", "the barn")).toEqual(["barn"]);
});

test("a query of short words alone is marked", () => {
  expect(marked("an owl", "owl")).toEqual(["owl"]);
});

test("a word begins anywhere in a script without spaces", () => {
  expect(marked("草地上的鹡鸰", "鹡鸰")).toEqual(["鹡鸰"]);
});

test("signs that mean something in a pattern are only text", () => {
  expect(marked("what? (why) [ever]", "(why) .* [ever] \\")).toEqual(["ever"]);
});

test("a query without words marks nothing", () => {
  expect(markLiteral("text", "?!")).toEqual([{ text: "text", literal: false }]);
});
