import { expect, test } from "vitest";
import { toldApart } from "./told-apart.ts";

test("names that differ stay as they are", () => {
  expect(toldApart(["a/same.txt", "b/same.txt"])).toEqual(["a/same.txt", "b/same.txt"]);
});

test("names alike are numbered, the first keeps its own", () => {
  expect(toldApart(["same.txt", "other.txt", "same.txt", "same.txt"])).toEqual([
    "same.txt",
    "other.txt",
    "same.txt (2)",
    "same.txt (3)",
  ]);
});

test("no number makes a name that another file has", () => {
  const names = toldApart(["same.txt", "same.txt", "same.txt (2)", "same.txt", "same.txt (2)"]);
  expect(new Set(names).size).toBe(5);
});
