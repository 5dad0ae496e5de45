import { rowsFrom } from "@pipit/test/fixtures/recall";
import { expect, test } from "vitest";
import { evenlyShuffled, shuffled } from "./shuffled.ts";

test("every row is there once, in an order of its own that is the same each time", () => {
  const mixed = shuffled(rowsFrom(5, 1000));
  expect([...mixed].sort((a, b) => a - b)).toEqual([...rowsFrom(5, 1000)]);
  expect(mixed).not.toEqual(rowsFrom(5, 1000));
  expect(shuffled(rowsFrom(5, 1000))).toEqual(mixed);
});

test.each([0, 1, 100, 500, 900, 1000])("of %s early rows as many come first as of the others", (early) => {
  const mixed = evenlyShuffled(rowsFrom(0, 1000), early);
  expect([...mixed].sort((a, b) => a - b)).toEqual([...rowsFrom(0, 1000)]);
  const both = Math.min(early, 1000 - early);
  expect(mixed.subarray(0, 2 * both).filter((row) => row < early)).toHaveLength(both);
});
