import { createTextTokenizer, MINILM, splitPassages } from "@pipit/core";
import { describe, expect, test } from "vitest";
import { minilmFiles, minilmFolder, referenceTexts } from "../../fixtures/minilm.ts";

describe.skipIf(!minilmFolder)("MiniLM's tokens", () => {
  const folder = minilmFolder!;
  const open = () => createTextTokenizer(minilmFiles(folder, "q8").tokenizer, MINILM);

  test("ids of all reference texts agree", () => {
    const tokenizer = open();
    for (const { text, ids } of referenceTexts(folder)) expect(tokenizer.encode(text), text.slice(0, 60)).toEqual(ids);
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
