import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

test.each([
  ["srve", "serve"],
  ["serves", "serve"],
  ["modles", "models"],
  ["doctr", "doctor"],
])("%s means %s", (word, meant) => {
  expect(nearest(word, ["serve", "models", "doctor"])).toBe(meant);
});

test("what is near to nothing means nothing", () => {
  expect(nearest("sing", ["serve", "models", "doctor"])).toBeUndefined();
  expect(nearest("x", [])).toBeUndefined();
});
