import { describe, expect, test } from "vitest";
import { closestWord } from "./closest-word.ts";

const COMMANDS = ["serve", "models", "doctor"];
const OPTIONS = ["port", "host", "data", "models", "runtime", "app"];

test.each([
  ["srve", "serve"],
  ["serves", "serve"],
  ["serv", "serve"],
  ["modles", "models"],
  ["doctr", "doctor"],
  ["doc", "doctor"],
])("the command %s means %s", (word, meant) => {
  expect(closestWord(word, COMMANDS)).toBe(meant);
});

test.each([
  ["prot", "port"],
  ["pot", "port"],
  ["ports", "port"],
  ["p", "port"],
  ["run", "runtime"],
  ["HOST", "host"],
  ["model", "models"],
])("the option %s means %s", (word, meant) => {
  expect(closestWord(word, OPTIONS)).toBe(meant);
});

describe("a word that is near no known one gets no suggestion:", () => {
  test.each(["", "x", "sing", "verbose", "list"])("%j", (word) => {
    expect(closestWord(word, [...COMMANDS, ...OPTIONS])).toBeUndefined();
  });

  test("where nothing is known", () => {
    expect(closestWord("x", [])).toBeUndefined();
  });
});
