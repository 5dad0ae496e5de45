import { expect, test } from "vitest";
import { uniquePaths } from "./unique-paths.ts";

test("names that differ stay as they are", () => {
  expect(uniquePaths(["a/same.txt", "b/same.txt"])).toEqual(["a/same.txt", "b/same.txt"]);
});

test("names alike are numbered, the first keeps its own", () => {
  expect(uniquePaths(["same.txt", "other.txt", "same.txt", "same.txt"])).toEqual([
    "same.txt",
    "other.txt",
    "same.txt (2)",
    "same.txt (3)",
  ]);
});

test("no number makes a name that another file has", () => {
  const names = uniquePaths(["same.txt", "same.txt", "same.txt (2)", "same.txt", "same.txt (2)"]);
  expect(new Set(names).size).toBe(5);
});
