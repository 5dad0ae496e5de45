import { expect, test } from "vitest";
import { languageTag } from "./language-tag.ts";

test.each([
  ["en", "en"],
  ["en_US", "en-US"],
  ["x", undefined],
  ["not a language", undefined],
  ["", undefined],
  [undefined, undefined],
])("%j is the language %j", (lang, tag) => {
  expect(languageTag(lang)).toBe(tag);
});
