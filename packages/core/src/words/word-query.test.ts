import { expect, test } from "vitest";
import { readWordQuery } from "./word-query.ts";

const words = (text: string) => readWordQuery(text).words.map(({ word }) => word);

test("a query is its words, once each", () => {
  expect(words("the owl and the pussycat")).toEqual(["the", "owl", "and", "pussycat"]);
});

test("words in quotes are a phrase, and asked for as words too", () => {
  expect(readWordQuery('barn "White Owl" night ')).toMatchObject({
    words: [{ word: "barn" }, { word: "white" }, { word: "owl" }, { word: "night" }],
    phrases: [{ words: ["white", "owl"], identifiers: [] }],
    without: [],
  });
  for (const text of ["“to be” or «not»", "„to be“ or »not«", "„to be” or 「not」"])
    expect(readWordQuery(text).phrases.map(({ words }) => words)).toEqual([["to", "be"], ["not"]]);
});

test.each([
  'Who wrote "Silent Spring"?',
  "من كتب «silent spring»؟",
  "「silent spring」是谁写的？",
  '"silent spring"? ',
])("the quotes of the question %j are quotations", (text) => {
  expect(readWordQuery(text)).toMatchObject({ phrases: [], quotations: [{ words: ["silent", "spring"] }] });
});

test("a question mark in quotes makes no question", () => {
  expect(readWordQuery('author "who sings?"')).toMatchObject({
    phrases: [{ words: ["who", "sings"] }],
    quotations: [],
  });
});

test("a hyphen after a closing quote is no minus", () => {
  expect(readWordQuery("der „Fischglas“-artige Helm -blau")).toMatchObject({ without: [{ words: ["blau"] }] });
  expect(words("„Model C“-Schulen ")).toEqual(["model", "c", "schulen"]);
});

test.each([
  ["owl -snowy", ["owl"], [["snowy"]]],
  ['owl -"great grey"', ["owl"], [["great", "grey"]]],
  ["-snowy", [], [["snowy"]]],
  ["well-known owl", ["well", "known", "owl"], []],
  ["owl - snowy", ["owl", "snowy"], []],
  ["-- owl", ["owl"], []],
])("%j is without %j", (text, asked, without) => {
  expect([words(`${text} `), readWordQuery(text).without.map(({ words }) => words)]).toEqual([asked, without]);
});

test("a quote without its partner is no quote", () => {
  expect(readWordQuery('an 8" owl')).toMatchObject({ phrases: [], without: [] });
  expect(words('an 8" owl')).toEqual(["an", "8", "owl"]);
});

test("the last word may not be typed to its end, unless a space follows", () => {
  const last = (text: string) => readWordQuery(text).words.flatMap(({ word, isLast }) => (isLast ? [word] : []));
  expect([last("barn ow"), last("barn owl "), last('barn "ow"'), last("owl?")]).toEqual([["ow"], [], [], []]);
});

test("a minus in quotes excludes nothing", () => {
  expect(readWordQuery('git "commit -m" -push ')).toMatchObject({
    words: [{ word: "git" }, { word: "commit" }, { word: "m" }],
    phrases: [{ words: ["commit", "m"] }],
    without: [{ words: ["push"] }],
  });
});

test("while an exclusion is typed, the word before it is whole", () => {
  expect(readWordQuery("bird -snow").words).toEqual([{ word: "bird" }]);
});

test("an identifier in quotes is meant as a whole", () => {
  expect(readWordQuery('"C++" -C#')).toMatchObject({
    phrases: [{ words: ["c"], identifiers: ["c++"] }],
    without: [{ words: ["c"], identifiers: ["c#"] }],
  });
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
  for (const [text, compound] of [
    ["well-known", "wellknown"],
    ["wi-fi", "wifi"],
    ["don't", "dont"],
    ["x-ray", "xray"],
  ])
    expect(readWordQuery(`${text} `).words.map(({ compounds }) => compounds)).toEqual([[compound], [compound]]);
});

test("of a script without spaces pairs are asked for, and a single character", () => {
  expect([words("フクロウ"), words("鳥")]).toEqual([["フク", "クロ", "ロウ"], ["鳥"]]);
});

test("a very long query costs no more than its first 64 words", () => {
  expect(
    words(Array.from({ length: 5000 }, (_, i) => `word${String.fromCharCode(97 + (i % 26))}${i}`).join(" ")),
  ).toHaveLength(64);
});

test.each(["“", "«", "»", "„", '"', "-", "- ", "-a ", '"a" ', '-"a" ', "owl ", "한국어 ", "\u0301\u0316", "a-"])(
  "a query of a hundred thousand times %j is read in its time",
  (piece) => {
    // What backtracks, or copies what it has at each step, would take minutes, beyond the time limit of a test.
    const { words, phrases, without } = readWordQuery(piece.repeat(100_000));
    expect([words.length <= 64, phrases.length <= 16, without.length <= 16]).toEqual([true, true, true]);
  },
);

test("words in quotes and parts of identifiers are meant literally, others are not", () => {
  const literal = (text: string) =>
    readWordQuery(text).words.flatMap(({ word, isLiteral }) => (isLiteral ? [word] : []));
  expect(literal('barn "white owl" night ')).toEqual(["white", "owl"]);
  expect(literal("a camelCase well-known name ")).toEqual(["camel", "case"]);
});

test("of many codes outside of quotes the first that differ are read", () => {
  const codes = (query: string) => readWordQuery(query).codes.map(({ words }) => words.find((word) => /\W/.test(word)));
  expect(codes("E-11 ".repeat(100))).toEqual(["e-11"]);
  expect(codes(Array.from({ length: 100 }, (_, i) => `E-${100 + i}`).join(" "))).toHaveLength(8);
  expect(codes('E-42 "F-43" v1.2')).toEqual(["e-42", "v1.2"]);
});
