import { expect, test } from "vitest";
import { guideFilter } from "./guide-filter.ts";

test("no choice makes no filter", () => {
  expect(guideFilter({ group: "", region: "" })).toBeUndefined();
});

test("one choice is a plain filter", () => {
  expect(guideFilter({ group: "Owls", region: "" })).toEqual({ field: "group", equals: "Owls" });
});

test("of two choices both must be met", () => {
  expect(guideFilter({ group: "Owls", region: "Asia" })).toEqual({
    and: [
      { field: "group", equals: "Owls" },
      { field: "region", equals: "Asia" },
    ],
  });
});
