import { seeded } from "@pipit/test/fixtures/seeded";
import { expect, test } from "vitest";
import { WordTable } from "./word-table.ts";

test("words of any length and letters have the numbers of their order", () => {
  const random = seeded(11);
  const wordOf = (letters: string, most: number) =>
    Array.from({ length: 1 + Math.floor(random() * most) }, () => letters[Math.floor(random() * letters.length)]).join(
      "",
    );
  const words = [...new Set(Array.from({ length: 3_000 }, (_, i) => wordOf(i % 9 === 0 ? "aé_鳥" : "az09", 14)))];
  const table = new WordTable();
  for (const [number, word] of words.slice(0, 2_000).entries()) expect(table.add(word)).toBe(number);
  const numbers = words.map((word) => table.numberOf(word));
  expect(numbers).toEqual(words.map((_, i) => (i < 2_000 ? i : undefined)));
  expect(table.words).toEqual(words.slice(0, 2_000));
});

test.each(["a", "zebra9", "sixsix", "sevenses", "twelveletter", "thirteenletter"])(
  "%j is found where it stands in a text, in any case",
  (word) => {
    const table = new WordTable();
    for (const other of ["of", word.slice(0, -1), `${word}s`])
      if (table.numberOf(other) === undefined) table.add(other);
    const text = `of ${word} ${word.toUpperCase()}`;
    const [first, second] = [3, 4 + word.length].map((start) => [start, start + word.length] as const);
    expect(table.numberIn(text, ...first!)).toBeUndefined();
    const number = table.add(word);
    expect([table.numberIn(text, ...first!), table.numberIn(text, ...second!)]).toEqual([number, number]);
  },
);
