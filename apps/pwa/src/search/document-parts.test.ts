import { createEngine, createMemoryStore, exactIndex, type LocalEngine, openCollection } from "@pipit/core";
import { BAG_SPACE, createBagEmbedder } from "@pipit/test/fixtures/bag-embedder";
import { beforeEach, expect, test } from "vitest";
import { entryId } from "../files/ledger.ts";
import { documentParts, hitInPart } from "./document-parts.ts";

let engine: LocalEngine;
/** An engine of the same entries whose embedder never comes. */
let early: LocalEngine;

const TEXTS = ["A lamp burns.", "A xylophone wedding.", "The lighthouse -xylophone.", "The sea is calm."];
const entriesOf = (path: string, texts: readonly string[]) =>
  texts.map((text, at) => ({ id: entryId(path, at), text, fields: { path, part: at + 1 } }));

beforeEach(async () => {
  const collection = await openCollection({ store: createMemoryStore(BAG_SPACE), index: exactIndex });
  engine = createEngine({ collection, embedder: createBagEmbedder(), backend: "memory", why: "a test" });
  early = createEngine({ collection, load: () => new Promise(() => undefined) });
  await engine.add(entriesOf("novel.txt", TEXTS));
});

const numbers = async (path: string, part: number, from = engine) =>
  (await documentParts(from, { path, part })).map((read) => read.part);

test("a part is read with its neighbours, in their order", async () => {
  expect(await documentParts(engine, { path: "novel.txt", part: 2 })).toEqual(
    TEXTS.slice(0, 3).map((text, at) => ({ part: at + 1, text })),
  );
  expect(await numbers("novel.txt", 1)).toEqual([1, 2]);
  expect(await numbers("novel.txt", 4)).toEqual([3, 4]);
  expect(await numbers("novel.txt", 5)).toEqual([4]);
});

test("it is read whether or not the engine can compare meaning yet, whatever its path says to a search", async () => {
  expect(await numbers("novel.txt", 2, early)).toEqual([1, 2, 3]);
  for (const path of ['"no such phrase".txt', "notes -a.txt", "猫.txt"]) {
    await engine.add(entriesOf(path, ["A lamp.", "The sea."]));
    expect(await numbers(path, 2, early)).toEqual([1, 2]);
  }
});

test("a document of another path is none, though its entry has the same id, nor is one whose path no document can have", async () => {
  expect(await numbers("novel.txt#2", 1)).toEqual([]);
  await engine.add(entriesOf("novel.txt#4", ["Not the novel."]));
  expect(await numbers("novel.txt", 3)).toEqual([2, 3]);
  expect(await numbers("p".repeat(600), 1)).toEqual([]);
});

test("the hit of a query is of the part alone, and none if the part lacks what the query demands", async () => {
  const hitIn = async (part: number, query: string, from = engine) =>
    (await hitInPart(from, { path: "novel.txt", part }, query))?.id;
  expect(await hitIn(2, "xylophone lamp")).toBe("novel.txt#2");
  expect(await hitIn(1, "xylophone lamp")).toBe("novel.txt");
  expect(await hitIn(1, '"xylophone wedding"')).toBeUndefined();
  expect(await hitIn(2, "wedding -xylophone")).toBeUndefined();
  expect(await hitIn(4, "dancing", early)).toBeUndefined();
});

test("nothing is searched for where nothing is asked", async () => {
  const search = () => Promise.reject(new Error("searched"));
  const entriesOf = () => Promise.resolve([]);
  expect(await hitInPart({ search, entriesOf }, { path: "novel.txt", part: 2 }, "")).toBeUndefined();
});
