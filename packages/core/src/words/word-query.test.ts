import { expect, test } from "vitest";
import { readWordQuery } from "./word-query.ts";

const words = (text: string) => readWordQuery(text).words.map(({ word }) => word);

test("a query is its words, once each", () => {
  expect(words("the owl and the pussycat")).toEqual(["the", "owl", "and", "pussycat"]);
});

test("words in quotes are a phrase, and asked for as words too", () => {
  expect(readWordQuery('barn "White Owl" night ')).toMatchObject({
    words: [{ word: "barn" }, { word: "white" }, { word: "owl" }, { word: "night" }],
    phrases: [["white", "owl"]],
    without: [],
  });
  expect(readWordQuery("“to be” or «not»").phrases).toEqual([["to", "be"], ["not"]]);
});

test.each([
  ["owl -snowy", ["owl"], [["snowy"]]],
  ['owl -"great grey"', ["owl"], [["great", "grey"]]],
  ["-snowy", [], [["snowy"]]],
  ["well-known owl", ["well", "known", "owl"], []],
  ["owl - snowy", ["owl", "snowy"], []],
  ["-- owl", ["owl"], []],
])("%j is without %j", (text, asked, without) => {
  expect([words(`${text} `), readWordQuery(text).without]).toEqual([asked, without]);
});

test("a quote without its partner is no quote", () => {
  expect(readWordQuery('an 8" owl')).toMatchObject({ phrases: [], without: [] });
  expect(words('an 8" owl')).toEqual(["an", "8", "owl"]);
});

test("the last word may not be typed to its end, unless a space follows", () => {
  const last = (text: string) => readWordQuery(text).words.flatMap(({ word, isLast }) => (isLast ? [word] : []));
  expect([last("barn ow"), last("barn owl "), last('barn "ow"'), last("owl?")]).toEqual([["ow"], [], [], []]);
});

test("an identifier is asked for as a whole too, a hyphenated word through its parts", () => {
  expect(readWordQuery("E-1042 ").words.filter(({ isIdentifier }) => isIdentifier)).toMatchObject([
    { word: "e1042" },
    { word: "e-1042" },
  ]);
  expect(readWordQuery("secretary bird ").words).toEqual([
    { word: "secretary", compounds: ["secretarybird"] },
    { word: "bird", compounds: ["secretarybird"] },
  ]);
  expect(readWordQuery("well-known ").words.map(({ compounds }) => compounds)).toEqual([["wellknown"], ["wellknown"]]);
});

test("of a script without spaces pairs are asked for, and a single character", () => {
  expect([words("フクロウ"), words("鳥")]).toEqual([["フク", "クロ", "ロウ"], ["鳥"]]);
});

test("a very long query costs no more than its first 64 words", () => {
  expect(
    words(Array.from({ length: 5000 }, (_, i) => `word${String.fromCharCode(97 + (i % 26))}${i}`).join(" ")),
  ).toHaveLength(64);
});
