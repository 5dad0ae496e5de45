import { expect, test } from "vitest";
import { tokenRanges } from "./token-ranges.ts";

/** A tokenizer of letters that parts words at spaces and at these signs. */
const lettersParting = (signs: RegExp) => (text: string) =>
  text
    .split(/\s+/)
    .flatMap((word) => word.split(signs))
    .flatMap((word) => Array.from(word, (letter, i) => letter.codePointAt(0)! * (i === 0 ? 1 : -1)));

const wordsBy = (text: string, encode: (text: string) => number[], most = Number.POSITIVE_INFINITY) =>
  tokenRanges(text, encode(text).slice(0, most), encode).map(({ start, end }) => text.slice(start, end));

test("each token has the word or the sign that it is a part of", () => {
  expect(wordsBy("owl, wren", lettersParting(/(,)/))).toEqual([
    "owl",
    "owl",
    "owl",
    ",",
    "wren",
    "wren",
    "wren",
    "wren",
  ]);
});

test("a tokenizer that does not part words at a sign has ranges up to the next space", () => {
  expect(wordsBy("20°C no", lettersParting(/(,)/))).toEqual(["20°C", "20°C", "20°C", "20°C", "no", "no"]);
});

test("a tokenizer whose tokens are not made word by word has the whole text", () => {
  const backwards = (text: string) => Array.from(text, (letter) => letter.codePointAt(0)!).reverse();
  expect(wordsBy("a b", backwards)).toEqual(["a b", "a b", "a b"]);
});

test("tokens that were cut off have no ranges", () => {
  expect(wordsBy("owl wren", lettersParting(/(,)/), 4)).toEqual(["owl", "owl", "owl", "wren"]);
  expect(wordsBy("", lettersParting(/(,)/))).toEqual([]);
});

test("a range does not split a surrogate pair", () => {
  expect(wordsBy("🦆 owl", lettersParting(/(,)/))).toEqual(["🦆", "owl", "owl", "owl"]);
});
