import { axis, axisEntry, PLANE as space } from "@pipit/test/fixtures/plane-entries";
import { expect, test } from "vitest";
import { exactIndex } from "../index/exact-index.ts";
import type { EmbeddedEntry } from "../ports/collection.ts";
import { openCollection } from "./local-collection.ts";
import { createMemoryStore } from "./memory-store.ts";

const KNOWN = new Set(["blackbird", "zebra", "sings"]);
const meanings = { dimensions: 2, vectorOf: (word: string) => (KNOWN.has(word) ? Float32Array.of(1, 0) : undefined) };

const worded = (id: string, i: number, text: string) =>
  axisEntry(id, i, { text, passages: [{ start: 0, end: text.length }] });

async function filled(entries: readonly EmbeddedEntry[]) {
  const collection = await openCollection({ store: createMemoryStore(space), index: exactIndex, meanings });
  await collection.upsert(entries);
  const idsOf = async (text: string, i: number, k = 2) => {
    const { hits } = await collection.search({ text: `${text} `, vector: axis(i) }, { k });
    return hits.map(({ id }) => id);
  };
  return { collection, idsOf };
}

test("a typing error is compared by words alone, since its vector says nothing", async () => {
  const { collection, idsOf } = await filled([
    worded("bird", 0, "the blackbird sings"),
    worded("near", 1, "a zebu rests"),
  ]);
  expect(await idsOf("blackbrid", 1)).toEqual(["bird", "near"]);
  const scoreOf = async (vector?: Float32Array) =>
    (await collection.search({ text: "blackbrid ", vector }, { k: 1 })).hits[0]!.score;
  expect(await scoreOf(axis(1))).toBeCloseTo(await scoreOf(), 12);
});

test("a word that has a meaning is none, although the index has similar words only", async () => {
  const { idsOf } = await filled([
    worded("similar", 0, "a zebru rests"),
    worded("meant", 1, "striped horses of the plains"),
  ]);
  expect(await idsOf("zebra", 1)).toEqual(["meant", "similar"]);
});

test("the best hit does not depend on how many are asked for", async () => {
  // Each says one of the words often, so that more than a hundred have a greater BM25 score than the one that says both.
  const often = Array.from({ length: 300 }, (_, i) => {
    const word = i % 2 === 0 ? "beak" : "green";
    return worded(`often ${i}`, 0, `${`${word} `.repeat(9)} of bird ${i}`);
  });
  const long = `a green thing with a beak ${"and other words that make it a long text ".repeat(9)}`;
  const { collection } = await filled([...often, worded("both", 0, long)]);
  for (const k of [1, 10, 301]) {
    const { hits } = await collection.search({ text: "green beak " }, { k });
    expect(hits[0]!.id).toBe("both");
  }
});

test("if all that is asked for is absent, nothing is likely, and the nearest come first", async () => {
  const { collection } = await filled([
    worded("other", 0, "a heron stands in water"),
    worded("far", 1, "a ticket at 20 to 95 pounds"),
    worded("near", 0, "a ticket at 19.95 pounds"),
  ]);
  const { hits } = await collection.search({ text: "20.96 ", vector: axis(0) }, { k: 3 });
  expect(hits.map(({ score }) => score)).toEqual([0, 0, 0]);
  expect(hits.at(-1)?.id).toBe("far");
  const present = await collection.search({ text: "19.95 ", vector: axis(0) }, { k: 1 });
  expect(present.hits[0]).toMatchObject({ id: "near", score: expect.closeTo(1, 1) });
});
