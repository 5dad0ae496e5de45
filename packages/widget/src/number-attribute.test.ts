import { expect, test, vi } from "vitest";
import { numberAttribute } from "./number-attribute.ts";

const element = (value: string | null) => ({ getAttribute: () => value });
const HITS = { least: 1, most: 1000, isWhole: true };

test.each(["1", "8", " 1000 "])("%j is a number of hits", (text) => {
  expect(numberAttribute(element(text), "hits", HITS)).toBe(Number(text));
});

test.each(["many", "0", "", "1.5", "1001", "Infinity"])("%j counts as absent, and the site's owner is told", (text) => {
  const told = vi.spyOn(console, "error").mockImplementation(() => undefined);
  expect(numberAttribute(element(text), "hits", HITS)).toBeUndefined();
  const from = `got hits=${JSON.stringify(text)}, expected a whole number from 1 to 1000`;
  expect(told).toHaveBeenCalledExactlyOnceWith(expect.stringContaining(from));
  told.mockRestore();
});

test("an absent attribute gives none, without a message", () => {
  const told = vi.spyOn(console, "error");
  expect(numberAttribute(element(null), "min-score", { least: 0, most: 1 })).toBeUndefined();
  expect(told).not.toHaveBeenCalled();
});
