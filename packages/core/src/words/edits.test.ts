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
