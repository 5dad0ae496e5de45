import { expect, test } from "vitest";
import { outcomeOf } from "./outcome.ts";

const NONE = {
  stored: 0,
  replaced: 0,
  cut: 0,
  unread: 0,
  guessed: 0,
  emptied: [],
  cancelled: false,
  failure: undefined,
};

test.each([
  [{}, "Nothing was stored."],
  [{ stored: 2 }, "2 files stored and searchable."],
  [
    { stored: 2, replaced: 1 },
    "2 files stored and searchable. 1 took the place of what was stored under the same name.",
  ],
  [{ emptied: ["plan.txt"] }, "plan.txt is empty now, and what was stored of it is removed."],
  [
    { stored: 1, emptied: ["a", "b"] },
    "1 file stored and searchable. 2 files are empty now, and what was stored of them is removed.",
  ],
  [
    { stored: 1, unread: 1 },
    "1 file stored and searchable. 1 file in a script that the model does not read, found by words only.",
  ],
  [
    { stored: 1, guessed: 1 },
    "1 file stored and searchable. 1 file of no known encoding, read as Western European text. If that is wrong, save as UTF-8 and add again.",
  ],
  [{ cancelled: true }, "Stopped. Nothing was stored."],
  [{ cancelled: true, stored: 3 }, "Stopped. What was stored stays: 3 files stored and searchable."],
  [{ failure: "full" }, "Nothing was stored."],
  [
    { failure: "full", stored: 3, cut: 1 },
    "3 files stored and searchable. The others were not stored. Of 1 file only the beginning is stored.",
  ],
])("the outcome %j is described", (facts, words) => {
  expect(outcomeOf({ ...NONE, ...facts })).toBe(words);
});
