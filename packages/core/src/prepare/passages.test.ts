import { describe, expect, test } from "vitest";
import type { TokenWindow } from "../ports/embedder.ts";
import { splitPassages } from "./passages.ts";
import { plainSentencesOf } from "./sentences.ts";

/** A token is four letters of a word, so that token counts are easy to see. */
function windowOf(limit: number): TokenWindow {
  const count = (text: string) => (text.match(/\S{1,4}/g) ?? []).length;
  return { limit, count };
}

const passagesOf = (text: string, limit: number, overlap?: number) =>
  splitPassages(text, windowOf(limit), overlap === undefined ? {} : { overlap }).map(({ start, end }) =>
    text.slice(start, end),
  );

describe("splitting a text into passages", () => {
  test("a text that fits is one passage without the white space around it", () => {
    expect(passagesOf("  The wren sings.\n", 10)).toEqual(["The wren sings."]);
  });

  test.each(["", "   ", "\n\t \u00a0"])("white space alone gives no passage: %j", (text) => {
    expect(passagesOf(text, 10)).toEqual([]);
  });

  test("sentences stay whole and fill the window", () => {
    expect(passagesOf("One two. Six ten. Red sun.", 4, 0)).toEqual(["One two. Six ten.", "Red sun."]);
  });

  test("the last short sentence of a passage begins the next one", () => {
    expect(passagesOf("One two. Six ten. Red sun.", 4, 2)).toEqual(["One two. Six ten.", "Six ten. Red sun."]);
  });

  test("a sentence longer than the overlap is not repeated", () => {
    expect(passagesOf("One two. Six ten. Red sun.", 4, 1)).toEqual(["One two. Six ten.", "Red sun."]);
  });

  test("an overlap that would crowd out the next sentence is left away", () => {
    expect(passagesOf("One. Two. Red sun sky sea.", 4, 2)).toEqual(["One. Two.", "Red sun sky sea."]);
  });

  test("a sentence longer than the window is cut between words", () => {
    expect(passagesOf("one two six ten red sun", 4, 0)).toEqual(["one two six ten", "red sun"]);
  });

  test("a word longer than the window is cut between characters and nothing of it is lost", () => {
    const word = "x".repeat(100);
    const parts = passagesOf(word, 4, 0);
    expect(parts.join("")).toBe(word);
    expect(parts.every((part) => windowOf(4).count(part) <= 4)).toBe(true);
  });

  test.each([0, 1, 2, 3])("a surrogate pair is never parted (offset %i)", (offset) => {
    const word = "x".repeat(offset) + "🐦".repeat(60);
    const parts = passagesOf(word, 4, 0);
    expect(parts.join("")).toBe(word);
    for (const part of parts) expect(new TextDecoder().decode(new TextEncoder().encode(part))).toBe(part);
  });

  test.each(["👩‍👩‍👧‍👦", "e\u0301\u0323", "🇳🇴", "क्षि"])(
    "%s is never parted in a word longer than the window",
    (character) => {
      for (let offset = 0; offset < 4; offset++) {
        const word = "x".repeat(offset) + character.repeat(40);
        const parts = passagesOf(word, 20, 0);
        expect(parts.join("")).toBe(word);
        for (const part of parts) expect(part.replaceAll(character, "").replaceAll("x", "")).toBe("");
      }
    },
  );

  test("every passage fits and every word is in one, for texts of any shape", () => {
    const words = ["a", "wren", "nightingale", "🐦", "Ähre.", "sings!", "\n", "x".repeat(70)];
    let seed = 7;
    const next = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return Math.floor((seed / 2147483648) * below);
    };
    for (let round = 0; round < 200; round++) {
      const text = Array.from({ length: 1 + next(60) }, () => words[next(words.length)]).join(" ");
      const limit = 2 + next(12);
      const spans = splitPassages(text, windowOf(limit), { overlap: next(limit) });
      const covered = spans.map(({ start, end }) => text.slice(start, end));
      for (const passage of covered) expect(windowOf(limit).count(passage), passage).toBeLessThanOrEqual(limit);
      const uncovered = [...text].map((_, i) => i).filter((i) => !spans.some((s) => s.start <= i && i < s.end));
      for (const i of uncovered) expect(text[i]?.trim()).toBe("");
      expect(spans.every((span, i) => i === 0 || span.start > spans[i - 1]!.start)).toBe(true);
    }
  });

  test("each sentence is counted once", () => {
    const text = "A wren sings at dawn. ".repeat(2000);
    let counted = 0;
    const window = {
      limit: 20,
      count: (part: string) => {
        counted += part.length;
        return windowOf(20).count(part);
      },
    };
    splitPassages(text, window);
    expect(counted).toBeLessThanOrEqual(text.length);
  });
});

test("without Intl.Segmenter a sentence ends at its mark or its line", () => {
  const text = 'He said "so!" Then 3.14 fell\nand 朝。夜。';
  expect(plainSentencesOf(text).map(({ start, end }) => text.slice(start, end))).toEqual([
    'He said "so!" ',
    "Then 3.14 fell\n",
    "and 朝。",
    "夜。",
  ]);
});
