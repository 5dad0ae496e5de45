import { expect, test } from "vitest";
import { tokenMatches } from "./token-matches.ts";

const TEXT = "Rocky sea coasts, a plump pipit of 20 cm. 海辺";
/** A token for each word, as many as are named. */
const rangesOf = (words: readonly string[]) =>
  words.map((word) => ({ start: TEXT.indexOf(word), end: TEXT.indexOf(word) + word.length }));
const marked = (parts: Readonly<Record<string, number>>) =>
  tokenMatches(TEXT, { parts: Float32Array.from(Object.values(parts)), ranges: rangesOf(Object.keys(parts)) }).map(
    ({ start, end }) => TEXT.slice(start, end),
  );

test("words that carry the interaction are marked, others and articles are not", () => {
  expect(marked({ Rocky: 0.2, plump: 0.01, "a ": 0.2, pipit: 0.3 })).toEqual(["Rocky", "pipit"]);
});

test("neighbouring words are one mark, which does not go beyond punctuation", () => {
  expect(marked({ Rocky: 0.2, sea: 0.2, coasts: 0.2, plump: 0.2 })).toEqual(["Rocky sea coasts", "plump"]);
});

test("the tokens of one word count together", () => {
  const ranges = rangesOf(["Rocky", "pipit", "pipit"]);
  const found = tokenMatches(TEXT, { parts: Float32Array.of(0.95, 0.05, 0.05), ranges });
  expect(found.map(({ start }) => start)).toEqual([0, TEXT.indexOf("pipit")]);
});

test("numbers and ideographs are words", () => {
  expect(marked({ "20": 0.5, 海: 0.5 })).toEqual(["20", "海"]);
});

test("a text whose tokens have no places of their own is not marked as a whole", () => {
  const everywhere = { start: 0, end: TEXT.length };
  expect(tokenMatches(TEXT, { parts: Float32Array.of(0.5, 0.5), ranges: [everywhere, everywhere] })).toEqual([]);
});

test("nothing is marked without an interaction, or if the text is now divided in another way", () => {
  expect(marked({ Rocky: 0, pipit: 0 })).toEqual([]);
  expect(tokenMatches(TEXT, { parts: Float32Array.of(1), ranges: [] })).toEqual([]);
});
