import { seeded } from "@pipit/test/fixtures/seeded";
import { expect, test } from "vitest";
import { editsBetween, lettersOf, mayBeWithin } from "./edits.ts";

test.each([
  ["owl", "owl", 0],
  ["owl", "owls", 1],
  ["blackbrid", "blackbird", 1],
  ["equatoin", "equation", 1],
  ["grashoper", "grasshopper", 2],
  ["owl", "eagle", 3],
  ["", "ab", 2],
  ["ca", "abc", 3],
])("between %j and %j are %i edits, three at most", (a, b, edits) => {
  expect([editsBetween(a, b, 2), editsBetween(b, a, 2)]).toEqual([edits, edits]);
});

test("letters rule out no word within the edits", () => {
  const words = ["heron", "herons", "hero", "hreon", "hern", "whreon", "xeron", "no", "honer"];
  for (const a of words) {
    for (const b of words) {
      const edits = editsBetween(a, b, 2);
      if (edits <= 2) expect(mayBeWithin(lettersOf(a), lettersOf(b), edits)).toBe(true);
    }
  }
  expect(mayBeWithin(lettersOf("heron"), lettersOf("black"), 2)).toBe(false);
});

test("words of any length have the edits that a whole table of distances has", () => {
  const random = seeded(7);
  const wordOf = (length: number) => Array.from({ length }, () => "ab"[Math.floor(random() * 2)]).join("");
  for (let round = 0; round < 2_000; round++) {
    const [a, b] = [wordOf(Math.floor(random() * 9)), wordOf(Math.floor(random() * 9))];
    for (const most of [0, 1, 2]) expect(editsBetween(a, b, most)).toBe(Math.min(most + 1, tableOf(a, b)));
  }
  const long = wordOf(300);
  expect(editsBetween(`x${long}y`, `y${long}x`, 2)).toBe(2);
});

function tableOf(a: string, b: string): number {
  const table = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (_, j) => i + j));
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const isExchanged = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      table[i]![j] = Math.min(
        table[i - 1]![j]! + 1,
        table[i]![j - 1]! + 1,
        table[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1),
        isExchanged ? table[i - 2]![j - 2]! + 1 : Number.POSITIVE_INFINITY,
      );
    }
  }
  return table[a.length]![b.length]!;
}
