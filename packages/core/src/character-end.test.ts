import { expect, test } from "vitest";
import { characterEnd } from "./character-end.ts";

const family = "👩‍👩‍👧‍👦";

test.each([
  ["between letters", "wren", 2, 2],
  ["within an emoji", "a🐦b", 2, 1],
  ["within a family joined of emoji", `a${family}b`, 5, 1],
  ["between a letter and its accent", "cafe\u0301s", 4, 3],
  ["within a flag", "a🇳🇴b", 3, 1],
  ["within a line end of two units", "a\r\nb", 2, 1],
  ["after an emoji", "a🐦b", 3, 3],
  ["at the end of the text", "a🐦", 3, 3],
])("a cut %s, of %j at %i, is made at %i", (_, text, end, expected) => {
  expect(characterEnd(text, 0, end)).toBe(expected);
});

test("the first character is taken whole where nothing else is left", () => {
  expect(characterEnd(`${family}b`, 0, 3)).toBe(family.length);
});

test("a long row of flags is cut between them", () => {
  const text = `abc${"🇳🇴".repeat(300)}`;
  for (let end = 900; end < 910; end++) expect((characterEnd(text, 0, end) - 3) % 4).toBe(0);
});

test("a letter under a thousand accents is cut between them, so that every cut gets on", () => {
  const text = `a${"\u0301".repeat(1_000)}`;
  for (let start = 0; start < text.length; ) {
    const end = characterEnd(text, start, Math.min(text.length, start + 20));
    expect(end).toBeGreaterThan(start);
    expect(end - start).toBeLessThan(200);
    start = end;
  }
});
