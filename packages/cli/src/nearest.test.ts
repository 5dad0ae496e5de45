import { describe, expect, test } from "vitest";
import { nearest } from "./nearest.ts";

const OPTIONS = ["port", "host", "data", "models", "runtime", "app"];

describe("the word that was meant", () => {
  test.each([
    ["prot", "port"],
    ["pot", "port"],
    ["ports", "port"],
    ["p", "port"],
    ["run", "runtime"],
    ["HOST", "host"],
    ["model", "models"],
    ["modles", "models"],
  ])("for %s is %s", (word, meant) => expect(nearest(word, OPTIONS)).toBe(meant));

  test.each(["", "x", "verbose", "list"])("for %j is none", (word) => expect(nearest(word, OPTIONS)).toBeUndefined());
});
