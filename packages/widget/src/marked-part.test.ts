import type { Span } from "@pipit/core";
import { expect, test } from "vitest";
import { type MatchedHit, markedPart } from "./marked-part.ts";

const TEXT = "It nests on cliffs. A brown bird. It sings at dawn.";

/** A hit whose passage is the entry's text from its second sentence on. */
function hit(matches?: readonly Span[]): MatchedHit {
  const start = TEXT.indexOf("A brown");
  const passage = { text: TEXT.slice(start), start, end: TEXT.length };
  return { id: "a", score: 1, entry: { id: "a", text: TEXT }, passage, ...(matches && { matches }) };
}

const spanOf = (word: string) => ({ start: TEXT.indexOf(word), end: TEXT.indexOf(word) + word.length });
const marked = (text: string, matches: readonly Span[] | undefined, query = "") =>
  markedPart(text, { hit: hit(matches), query })
    .filter((stretch) => stretch.marked)
    .map((stretch) => stretch.text);

test("what the engine says has matched is marked, not what looks like the query", () => {
  expect(marked(hit().passage.text, [spanOf("sings")], "brown")).toEqual(["sings"]);
});

test("a part of the passage has the matches within it", () => {
  const matches = [spanOf("brown"), spanOf("dawn")];
  expect(marked("It sings at dawn.", matches)).toEqual(["dawn"]);
  expect(marked("A brown bird.", matches)).toEqual(["brown"]);
});

test("a match that reaches beyond a part is cut at its end", () => {
  expect(marked("A brown bird.", [{ start: spanOf("bird").start, end: TEXT.length }])).toEqual(["bird."]);
});

test("a text outside the passage has no marks, although its words are the query's", () => {
  expect(marked("It nests on cliffs.", [spanOf("brown")], "cliffs")).toEqual([]);
});

test("where the engine does not tell, words shared with the query are marked, in the passage and beside it", () => {
  expect(marked("It sings at dawn.", undefined, "birds at dawn")).toEqual(["dawn"]);
  expect(marked("It nests on cliffs.", undefined, "cliffs")).toEqual(["cliffs"]);
});
