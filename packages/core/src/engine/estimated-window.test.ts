import { expect, test } from "vitest";
import { ESTIMATED_WINDOW } from "./estimated-window.ts";

test.each([
  ["", 0],
  [" \n\t ", 0],
  ["owl", 1],
  ["owls hoot", 2],
  ["  kingfishers dive ", 4],
  ["a\u00a0nightjar\u2003churrs", 5],
])("of %j it counts %i tokens: one for each four letters of a word", (text, tokens) => {
  expect(ESTIMATED_WINDOW.count(text)).toBe(tokens);
});
