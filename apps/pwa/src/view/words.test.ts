import { expect, test } from "vitest";
import { beginningOf, bytesInWords, counted, milliseconds } from "./words.ts";

test.each([
  [0, "0 bytes"],
  [999, "999 bytes"],
  [1_000, "1 kB"],
  [22_972_370, "23 MB"],
  [1_400_000, "1.4 MB"],
  [123_456_789, "123 MB"],
])("%d bytes are %s", (bytes, words) => {
  expect(bytesInWords(bytes)).toBe(words);
});

test("one is singular, all others are plural", () => {
  expect([counted(1, "hit"), counted(0, "hit"), counted(2, "entry", "entries")]).toEqual([
    "1 hit",
    "0 hits",
    "2 entries",
  ]);
});

test("fractions of a millisecond are not shown", () => {
  expect([milliseconds(0.2), milliseconds(12.6)]).toEqual(["under 1 ms", "13 ms"]);
});

test.each([
  ["a short text", " wren \n", "wren"],
  ["a long text", `${"w".repeat(100)}ren`, "w".repeat(100)],
  ["an emoji", `${"w".repeat(99)}🐦 sings`, "w".repeat(99)],
  ["a space", `${"w".repeat(99)} ren`, "w".repeat(99)],
])("the beginning of a text ends with a whole character: at %s", (_, text, beginning) => {
  expect(beginningOf(text, 100)).toBe(beginning);
});
