import { readFileSync } from "node:fs";
import { assetPath } from "@pipit/test/fixtures/assets";
import { shippedFile } from "@pipit/test/fixtures/shipped-starter";
import { expect, test } from "vitest";
import { readStarterFile } from "./starter-file.ts";
import { wordPiece } from "./wordpiece.ts";

const { tokens } = readStarterFile(shippedFile());
const pieces = wordPiece(tokens);
const spelt = (text: string, limit = 254) => pieces.ids(text, limit).map((id) => tokens[id]);

test.each([
  ["Hello, World!", ["hello", ",", "world", "!"]],
  ["NAÏVE Café", ["naive", "cafe"]],
  ["unaffable", ["una", "##ffa", "##ble"]],
  ["a\u200bb\tc\u00a0d", ["ab", "c", "d"]],
  ["世界", ["[UNK]", "[UNK]"]],
  ["Привет", ["[UNK]"]],
  ["[SEP] is written out", ["[UNK]", "is", "written", "out"]],
])("cuts %j as BERT's uncased tokenizer does", (text, expected) => {
  expect(spelt(text)).toEqual(expected);
});

test("treats a word of more than a hundred characters as unknown", () => {
  expect(spelt("a".repeat(101))).toEqual(["[UNK]"]);
  expect(spelt("a".repeat(100))).not.toContain("[UNK]");
});

test("cuts a word in the same way each time, whatever text is around it", () => {
  const first = spelt("unaffable");
  expect(spelt("an UNAFFABLE, unaffable unaffably")).toEqual(["an", ...first, ",", ...first, ...spelt("unaffably")]);
});

test("stops at the limit", () => {
  expect(spelt("one two three", 2)).toEqual(["one", "two"]);
});

const model = "models/all-MiniLM-L6-v2";
const reference = assetPath(`${model}/reference/texts.json`);

test.skipIf(!reference)("agrees with MiniLM's reference ids on every text, where no kept token is missing", () => {
  const kept = new Set(tokens);
  const original = readFileSync(assetPath(`${model}/vocab.txt`)!, "utf8").split("\n");
  const texts = JSON.parse(readFileSync(reference!, "utf8")) as { text: string; ids: number[] }[];
  for (const { text, ids } of texts) {
    const words = intoWords(ids.slice(1, -1).map((id) => original[id]!));
    const expected = words.flatMap((word) => (word.every((token) => kept.has(token)) ? word : ["[UNK]"]));
    expect(spelt(text), JSON.stringify(text)).toEqual(expected);
  }
});

function intoWords(tokens: string[]): string[][] {
  const words: string[][] = [];
  for (const token of tokens) {
    if (token.startsWith("##") && words.length > 0) words.at(-1)!.push(token);
    else words.push([token]);
  }
  return words;
}
