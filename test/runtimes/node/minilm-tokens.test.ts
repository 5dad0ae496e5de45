import { createTextTokenizer, MINILM, splitPassages } from "@pipit/core";
import { readStarterFile } from "@pipit/starter/starter-file";
import { wordPiece } from "@pipit/starter/wordpiece";
import { describe, expect, test } from "vitest";
import { everyCharacter, NumbersDigest } from "../../fixtures/every-character.ts";
import { minilmFiles, minilmFolder, minilmVocabulary, referenceTexts } from "../../fixtures/minilm.ts";
import { shippedFile } from "../../fixtures/shipped-starter.ts";

describe.skipIf(!minilmFolder)("MiniLM's tokens", () => {
  const folder = minilmFolder!;
  const open = () => createTextTokenizer(minilmFiles(folder, "q8").tokenizer, MINILM);

  test("ids of all reference texts agree", () => {
    const tokenizer = open();
    for (const { text, ids } of referenceTexts(folder)) expect(tokenizer.encode(text), text.slice(0, 60)).toEqual(ids);
  });

  test("every character, alone and within a word, gives the ids of the reference tokenizer, and so does the starter", () => {
    const tokenizer = open();
    const starter = wordPiece(minilmVocabulary(folder));
    const digest = new NumbersDigest();
    let different = 0;
    for (const text of everyCharacter()) {
      const ids = tokenizer.encode(text).slice(1, -1);
      digest.add(ids);
      if (starter.ids(text, 254).join() !== ids.join()) different++;
    }
    // The digest of the same texts' ids by the Python package tokenizers 0.23.3.
    expect(digest.hex).toBe("d0c9d8d9");
    expect(different).toBe(0);
  }, 120_000);

  test("the starter's tokens are some of MiniLM's", () => {
    const known = new Set(minilmVocabulary(folder));
    expect(readStarterFile(shippedFile()).tokens.filter((token) => !known.has(token))).toEqual([]);
  });

  test.each([
    ["ΟΔΟΣ", [1169, 29722, 29730, 29733]],
    ["bird\u{20000}song", [4743, 100, 2299]],
    ["bird\u{2f800}\u{2f801}", [4743, 100, 100]],
  ])("%j is lower-cased and parted by BERT's rules", (text, ids) => {
    expect(open().encode(text).slice(1, -1)).toEqual(ids);
  });

  test("a text longer than the window keeps its end token", () => {
    const ids = open().encode("wren ".repeat(400));
    expect(ids).toHaveLength(256);
    expect([ids[0], ids.at(-1)]).toEqual([101, 102]);
  });

  test("the head of a very long text gives the ids that the whole of it gives", () => {
    const text = Array.from({ length: 3000 }, (_, i) => `wren${i} Ångström ${"x".repeat(i % 120)}`).join(" ");
    expect(open().encode(text).slice(0, 255)).toEqual(open().encode(text.slice(0, 5000)).slice(0, 255));
  });

  test("passages of a long text fit the window by MiniLM's own count", () => {
    const { window } = open();
    const text = referenceTexts(folder)
      .map((reference) => reference.text)
      .join(" ");
    const passages = splitPassages(text.repeat(3), window);
    expect(passages.length).toBeGreaterThan(10);
    for (const { start, end } of passages) {
      expect(window.count(text.repeat(3).slice(start, end))).toBeLessThanOrEqual(window.limit);
    }
  });
});
