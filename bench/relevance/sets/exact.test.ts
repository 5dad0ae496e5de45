import { seeded } from "@pipit/test/fixtures/seeded";
import { expect, test } from "vitest";
import { askedNotes, exact, exactAbsent } from "./exact.ts";

const asked = askedNotes(seeded(3));
const notes = asked.flatMap(({ right, decoys }) => [right, ...decoys]);
const tokens = (text: string) => ` ${text.replace(/[.,:?]*(\s|$)/g, " ")}`;
const tokensOfNotes = notes.map(tokens);

test("a thousand queries are asked of five thousand notes, each with one right note", () => {
  const { documents, queries } = exact();
  expect([documents.length, queries.length]).toEqual([5_000, 1_000]);
  expect(new Set(documents.map(({ id }) => id)).size).toBe(5_000);
  expect(queries.filter(({ gains }) => gains.size !== 1)).toEqual([]);
});

test("exactly one note holds the words that are asked for", () => {
  const { documents, queries } = exact();
  const all = documents.map(({ text }) => tokens(text));
  const phrases = queries.filter(({ text }) => text.startsWith('"'));
  const held = phrases.map(({ text }) => all.filter((note) => note.includes(` ${text.slice(1, -1)} `)).length);
  expect(held).toEqual(phrases.map(() => 1));
  for (const { words, right } of asked) {
    expect(tokensOfNotes.filter((note) => note.includes(` ${words} `))).toEqual([tokens(right)]);
  }
});

test("the decoys of a phrase hold the same words in another order", () => {
  for (const { query, words, decoys } of asked.filter(({ query }) => query.startsWith('"'))) {
    expect(query).toBe(`"${words}"`);
    for (const decoy of decoys.map(tokens)) {
      expect(words.split(" ").filter((word) => !decoy.includes(` ${word} `))).toEqual([]);
    }
  }
});

test("no note holds the codes and numbers that are asked for without an answer", () => {
  const { documents, queries } = exactAbsent();
  const all = documents.map(({ text }) => tokens(text));
  const codes = queries.map(({ text }) => tokens(text).match(/\S*\d\S*/)![0]);
  expect(codes.length).toBeGreaterThan(250);
  expect(codes.filter((code) => all.some((note) => note.includes(` ${code} `)))).toEqual([]);
});

test("the set is the same at each call", () => {
  expect(exact()).toEqual(exact());
});
