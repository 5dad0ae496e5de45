import { expect, test } from "vitest";
import { mostParts, PART_CHARACTERS, textParts } from "./text-parts.ts";

async function partsOf(...chunks: string[]): Promise<string[]> {
  const parts: string[] = [];
  for await (const part of textParts(chunks)) parts.push(part);
  return parts;
}

test("a short text is one part", async () => {
  expect(await partsOf("a little ", "text")).toEqual(["a little text"]);
});

test("a text without words has no parts", async () => {
  expect(await partsOf(" \n", "\n")).toEqual([]);
});

test("the parts of a long text are the text", async () => {
  const text = "One sentence after another. ".repeat(2_000);
  expect((await partsOf(text.slice(0, 9_000), text.slice(9_000))).join("")).toBe(text);
});

test("no part is longer than the limit, and there are no more than the bytes allow", async () => {
  const text = "word ".repeat(20_000);
  const parts = await partsOf(text);
  expect(Math.max(...parts.map(({ length }) => length))).toBeLessThanOrEqual(PART_CHARACTERS);
  expect(parts.length).toBeLessThanOrEqual(mostParts(text.length));
});

test.each([
  "\n\n",
  "\r\n\r\n",
  "\r\r",
  "\n \n",
  "\f",
  "\u2029",
  "\u2028\u2028",
  "\x85\n",
  "\n",
  "\r\n",
  "\r",
  "。",
  ". ",
])("a part ends at %j where there is one in its second half", async (end) => {
  const [first] = await partsOf(`${"a b ".repeat(1_500)}${end}${"c d ".repeat(1_500)}`);
  expect(first).toBe(`${"a b ".repeat(1_500)}${end}`);
});

test("a paragraph's end is a better place than a later line's", async () => {
  const [first] = await partsOf(`${"a b ".repeat(1_200)}\r\n\r\n${"c d\n".repeat(1_500)}`);
  expect(first?.endsWith("\r\n\r\n")).toBe(true);
});

test("a character is whole, however the chunks come", async () => {
  const family = "👩‍👩‍👧‍👦";
  const text = `ab${family.repeat(1_500)}`;
  const chunks = text.match(/[\s\S]{1,997}/g) ?? [];
  const parts = await partsOf(...chunks);
  expect(parts.join("")).toBe(text);
  for (const part of parts) expect(part.replaceAll(family, "")).toMatch(/^(ab)?$/);
});

test("a file of invisible characters has no parts", async () => {
  expect(await partsOf("\u200b\u00ad \ufeff")).toEqual([]);
});

test("a character of two code units is not cut in two", async () => {
  const parts = await partsOf(`a${"🐦".repeat(PART_CHARACTERS)}`);
  expect(parts.every((part) => part.isWellFormed())).toBe(true);
});
