import { expect, test } from "vitest";
import { holdsText } from "./held-text.ts";

test.each([
  "",
  " \n\u00a0\u3000\u0085",
  "\u200b\u200b",
  "\u00ad",
  "\u200f",
  "\u0000",
  "\ufffd\ufffd",
  "\ufe0f",
  "\u0301",
  "\ufeff",
  "\u2060",
  "\u3164",
  "\u2800",
  "\ue000",
  "\ud83d",
  "\u{e0041}",
])("nothing of %j is visible", (text) => {
  expect(holdsText(text)).toBe(false);
});

test.each(["a", "é", "e\u0301", "7", "?", "🐦", "草", "\u200bα\u200b"])("something of %j is visible", (text) => {
  expect(holdsText(text)).toBe(true);
});
