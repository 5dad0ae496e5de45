import { expect, test } from "vitest";
import { guideFilter } from "./guide-filter.ts";

test("no wish is no filter", () => {
  expect(guideFilter({ group: "", region: "" })).toBeUndefined();
});

test("one wish is a plain filter", () => {
  expect(guideFilter({ group: "Owls", region: "" })).toEqual({ field: "group", equals: "Owls" });
});

test("two wishes have both to be met", () => {
  expect(guideFilter({ group: "Owls", region: "Asia" })).toEqual({
    and: [
      { field: "group", equals: "Owls" },
      { field: "region", equals: "Asia" },
    ],
  });
});
