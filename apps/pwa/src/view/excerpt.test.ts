import { expect, test } from "vitest";
import { excerptOf } from "./excerpt.ts";

const mark = { text: "heron", marked: true };
const plain = (text: string) => ({ text, marked: false });

test("a text whose first mark is far off begins at a word shortly before it", () => {
  const [first, ...rest] = excerptOf([plain("many words ".repeat(60)), mark, plain(" stands.")]);
  expect(first?.text).toMatch(/^… (many words )+$/);
  expect(first?.text.length).toBeLessThan(90);
  expect(rest).toEqual([mark, plain(" stands.")]);
});

test("without spaces it begins at a whole character", () => {
  for (const before of ["", "x"]) {
    const [first] = excerptOf([plain(`${before}${"🐦".repeat(200)}`), mark]);
    expect(first?.text).toMatch(/^… (?:🐦)+$/u);
  }
});

test.each([
  ["near its beginning", [plain("The "), mark]],
  ["at its beginning", [mark, plain("x".repeat(500))]],
])("a text with a mark %s is whole", (_, stretches) => {
  expect(excerptOf(stretches)).toEqual(stretches);
});

test("a text without marks is whole", () => {
  expect(excerptOf([plain("x".repeat(500))])).toEqual([plain("x".repeat(500))]);
});
