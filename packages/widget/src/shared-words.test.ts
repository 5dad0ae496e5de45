import { expect, test } from "vitest";
import { sharedWords } from "./shared-words.ts";
import { stretchesOf } from "./stretches.ts";

const marked = (text: string, query: string) =>
  stretchesOf(text, sharedWords(text, query))
    .filter(({ marked }) => marked)
    .map((stretch) => stretch.text);

test("words of the query are marked without regard to case", () => {
  expect(marked("Meadow pipits of the meadow", "MEADOW")).toEqual(["Meadow", "meadow"]);
});

test("words inside words are not marked", () => {
  expect(marked("a blackbird", "bird")).toEqual([]);
});

test("short words are not marked if there are longer ones", () => {
  expect(marked("the owl of the barn", "the barn")).toEqual(["barn"]);
});

test("a short word in a script without spaces is marked beside longer ones", () => {
  expect(marked("鹡鸰 in the meadow", "meadow 鹡鸰")).toEqual(["鹡鸰", "meadow"]);
});

test("a query of short words alone is marked", () => {
  expect(marked("an owl", "owl")).toEqual(["owl"]);
});

test("a word begins anywhere in a script without spaces", () => {
  expect(marked("草地上的鹡鸰", "鹡鸰")).toEqual(["鹡鸰"]);
});

test("signs with a meaning in a pattern are only text", () => {
  expect(marked("what? (why) [ever]", "(why) .* [ever] \\")).toEqual(["ever"]);
});

test("a query without words marks nothing", () => {
  expect(sharedWords("text", "?!")).toEqual([]);
});

test.each([
  ["Gorse by the café", "CAFE\u0301", "café"],
  ["Gorse by the cafe\u0301 door", "café", "cafe\u0301"],
  ["Die Größe der Öfen", "große", "Größe"],
  ["Ångström units", "angstrom", "Ångström"],
  ["Полевой жаво\u0301ронок", "ЖАВОРОНОК", "жаво\u0301ронок"],
  ["\u1112\u1161\u11ab\u1100\u1173\u11af 새", "한글", "\u1112\u1161\u11ab\u1100\u1173\u11af"],
  ["ΟΔΟΣ", "οδος", "ΟΔΟΣ"],
])("letters are compared as readers see them: %j holds %j", (text, query, expected) => {
  expect(marked(text, query)).toEqual([expected]);
});

test("part of a composed syllable is not marked", () => {
  expect(marked("한글", "하")).toEqual([]);
  expect(marked("がく", "か")).toEqual([]);
});

test("a vowel sign alone marks none of the letters that have it", () => {
  expect(marked("วันนี้", "\u0e31")).toEqual([]);
});

test("every word of a question in a script without spaces is marked", () => {
  expect(marked("草地上的百灵鸟在唱歌", "百灵鸟在哪里")).toEqual(["百灵鸟在"]);
});

test("an emoji is marked whole", () => {
  expect(marked("a 🦉 at night", "🦉")).toEqual(["🦉"]);
});

test("nothing of an empty text is marked", () => {
  expect(sharedWords("", "owl")).toEqual([]);
});

test("a sharp s is marked by the letters that replace it, and they by it", () => {
  expect(marked("Die Straße am See", "strasse")).toEqual(["Straße"]);
  expect(marked("STRASSE am See", "straße")).toEqual(["STRASSE"]);
});
