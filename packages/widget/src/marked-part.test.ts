import type { Hit, Span } from "@pipit/core";
import { expect, test } from "vitest";
import { markedPart, markedTitle, passageOf } from "./marked-part.ts";

const TEXT = "It nests on cliffs. A brown bird. It sings at dawn.";

/** A hit whose passage is the entry's text from its second sentence on. */
function hit(matches: readonly Span[]): Hit {
  const start = TEXT.indexOf("A brown");
  const part = { modality: "text" as const, text: TEXT.slice(start), start, end: TEXT.length };
  return { id: "a", score: 1, evidence: {}, entry: { id: "a", text: TEXT }, part, matches };
}

const spanOf = (word: string) => ({ start: TEXT.indexOf(word), end: TEXT.indexOf(word) + word.length });
const marked = (text: string, matches: readonly Span[]) =>
  markedPart(text, hit(matches))
    .filter((stretch) => stretch.marked)
    .map((stretch) => stretch.text);

test("what the engine says has matched is marked", () => {
  expect(marked(passageOf(hit([])).text, [spanOf("sings")])).toEqual(["sings"]);
});

test("a part of the passage has the matches within it", () => {
  const matches = [spanOf("brown"), spanOf("dawn")];
  expect(marked("It sings at dawn.", matches)).toEqual(["dawn"]);
  expect(marked("A brown bird.", matches)).toEqual(["brown"]);
});

test("a match that reaches beyond a part is cut at its end", () => {
  expect(marked("A brown bird.", [{ start: spanOf("bird").start, end: TEXT.length }])).toEqual(["bird."]);
});

test("a text outside the passage has no marks", () => {
  expect(marked("It nests on cliffs.", [spanOf("brown")])).toEqual([]);
});

test("a title has the words of the query marked, and those that are marked in the passage", () => {
  const texts = (query: string, matches: readonly Span[]) =>
    markedTitle("The brown bird at dawn", hit(matches), query).flatMap(({ text, marked }) => (marked ? [text] : []));
  expect(texts("a bird", [])).toEqual(["bird"]);
  expect(texts("brwon", [spanOf("brown")])).toEqual(["brown"]);
  expect(texts("heron", [spanOf("nests")])).toEqual([]);
});
