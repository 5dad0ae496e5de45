import { describe, expect, test } from "vitest";
import { foldedWord, tokensOf, wordOf } from "./tokens.ts";

/** The words in order; those beside others in parentheses. */
const shown = (text: string) =>
  tokensOf(text)
    .map(({ word, beside }) => (beside ? `(${word})` : word))
    .join(" ");

describe("the words of a text", () => {
  test.each([
    ["The owl, at night.", "the owl at night"],
    ["well-known", "well known (wellknown)"],
    ["don't say l'oiseau or the bird's", "don t (dont) say l oiseau (loiseau) or the bird s (birds)"],
    ["camelCase HTMLParser", "camel case (camelcase) html parser (htmlparser)"],
    ["snake_case and a.b.c", "snake case (snakecase) (snake_case) and a b c (abc) (a.b.c)"],
    ["E-1042", "e 1042 (e1042) (e-1042)"],
    ["v2.0.1", "v 2 0 1 (v201) (v2.0.1)"],
    ["mp3 1,000 3.5", "mp 3 (mp3) 1 000 (1000) (1,000) 3 5 (3.5)"],
    ["2-1 10:30 1,9", "2 1 (2-1) 10 30 (10:30) 1 9 (1,9)"],
    ["1.234.567 555-1234", "1 234 567 (1234567) (1.234.567) 555 1234 (5551234) (555-1234)"],
    ["C++ C# F#", "c (c++) c (c#) f (f#)"],
    ["-5 a- -b", "5 a b"],
    ["naïve Straße ΟΔΟΣ", "naïve straße οδος"],
    ["ＡＢＣ ｱ", "abc ア"],
    ["so\u00adft hy\u200bphen", "soft hyphen"],
    ["フクロウ 鳥", "フク (フ) クロ (ク) ロウ (ロ) (ウ) 鳥"],
    ["นก", "นก (น) (ก)"],
    ["чайка 🦆🏽 🇩🇪", "чайка 🦆 🇩🇪"],
    ["ﷺ", "صلىاللهعليهوسلم"],
    ["DNA, HTMLs ABc AB1 A. U.S.: x", "dna htm ls (htmls) a bc (abc) ab 1 (ab1) a u s (us) (u.s) x"],
    ["owl: a::b c:d e:: f:", "owl a b (ab) (a::b) c d (cd) (c:d) e f"],
    ["“owls,” ‘gull’s’ tern— a—b c–d e‑f g’ h…", "owls gull s (gulls) tern a b c d e f (ef) g h"],
    ["c+ c++, c# d+e f.. g.-h i_", "c c (c++) c (c#) d e (de) (d+e) f g h i"],
    ["!!! ... ---", ""],
    ["", ""],
  ])("%j", (text, words) => {
    expect(shown(text)).toBe(words);
  });

  test("are at their places in the text, in UTF-16 units", () => {
    const text = "Größe: 🦆 (E-1042), see «camelCase» or ＡＢＣ.";
    for (const { word, start, end } of tokensOf(text)) {
      const there = text.slice(start, end);
      expect([wordOf(there), wordOf(there.replace(/[-]/g, ""))]).toContain(word);
    }
    expect(tokensOf("a bc").map(({ start, end }) => [start, end])).toEqual([
      [0, 1],
      [2, 4],
    ]);
  });

  test("are the same whether a word is plain or has other signs around it", () => {
    for (const word of ["owl", "Owl", "42"]) {
      for (const [before, after] of [
        ["", ""],
        ["(", ")"],
        ["„", "“"],
        [" ", "."],
        ["", "…"],
        ["", ", "],
        ["¿", "?"],
      ]) {
        expect(shown(`${before}${word}${after}`)).toBe(word.toLowerCase());
      }
    }
  });

  test("are at most 64 units long, and whole characters", () => {
    expect(tokensOf("asdf".repeat(2500)).map(({ word }) => word.length)).toEqual([64]);
    expect(tokensOf(`${"a".repeat(63)}𝔸b`)[0]?.word.isWellFormed()).toBe(true);
  });

  test.each([
    "a-",
    "aB",
    "1a",
    "..",
    "’a",
    "\u0301",
    "\u0301\u0316",
    "a\u0301\u0316",
    "あ\u0301\u0316",
    "\u00ad",
    "a#",
    "+a",
  ])("of a long text of %j are found in its time", (piece) => {
    // An expression that backtracks would take minutes, beyond the time limit of a test.
    expect(tokensOf(piece.repeat(200_000)).length).toBeLessThan(1_000_000);
  });
});

test("a word without accents", () => {
  expect(["naïve", "straße", "чай", "owl2"].map(foldedWord)).toEqual(["naive", "strasse", "чаи", "owl2"]);
});
