import type { Hit, SearchResult } from "@pipit/core";
import { expect, test } from "vitest";
import { statusOf } from "./answer-status.ts";

const hit: Hit = {
  id: "a",
  score: 0.1,
  entry: { id: "a", text: "A." },
  part: { modality: "text", text: "A.", start: 0, end: 2 },
};
const answer = (hits: number, facts: Partial<SearchResult> & { weak?: true } = {}) => ({
  hits: Array.from({ length: hits }, () => hit),
  space: "s",
  producer: "p",
  took: { embed: 1, search: 1, total: 2 },
  ...facts,
});

test("an answer is counted by what is shown, without the time that it took", () => {
  expect(statusOf(answer(9), 4)).toBe("4 hits.");
  expect(statusOf(answer(1), 1)).toBe("1 hit.");
});

test("an answer without a good match says so before its hits", () => {
  expect(statusOf(answer(12, { weak: true }), 12)).toBe("No good match. These come nearest:");
});

test("an answer without hits has no nearest ones", () => {
  expect(statusOf(answer(0, { weak: true }), 0)).toBe("Nothing found here.");
});

test("an answer without hits that came before the model says that there may be more", () => {
  expect(statusOf(answer(0, { partial: true }), 0)).toMatch(/^Nothing has these words\. .* not there yet\.$/);
  expect(statusOf(answer(2, { partial: true }), 2)).toBe("2 hits.");
});

test("a script that the model does not read is explained, whatever was found", () => {
  const unread = { unread: true } as const;
  const reason = "The model does not read this: found by its words.";
  expect(statusOf(answer(0, unread), 0)).toBe(
    "Nothing found here. The model does not read this: only its words were compared.",
  );
  expect(statusOf(answer(2, unread), 2)).toBe(`2 hits. ${reason}`);
  expect(statusOf(answer(2, { ...unread, weak: true }), 2)).toBe(`No good match. ${reason} These come nearest:`);
});
