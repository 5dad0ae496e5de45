import { expect, test } from "vitest";
import { shown } from "./bad-input.ts";

test.each([
  [{ a: 1, b: 2 }, "an object with a, b"],
  [{}, "an object with no properties"],
  [new Date(0), "an object of kind Date with no properties"],
  [[1, 2], "a list of 2"],
  ["owl", '"owl"'],
  [null, "null"],
])("%j is shown in a few words", (value, words) => {
  expect(shown(value)).toBe(words);
});

test("however long and many its names are, an object takes some hundred characters", () => {
  const long = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`${i}${"x".repeat(10_000)}`, i]));
  expect(shown(long).length).toBeLessThan(600);
});
