import { createEngine, createMemoryStore, exactIndex, type LocalEngine, openCollection } from "@pipit/core";
import { BAG_SPACE, createBagEmbedder } from "@pipit/test/fixtures/bag-embedder";
import { beforeEach, expect, test, vi } from "vitest";
import type { Guide } from "./guide.ts";
import { fillGuide } from "./guide-collection.ts";
import type { Species } from "./species.ts";

let engine: LocalEngine;

beforeEach(async () => {
  const notes = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => notes.get(key) ?? null,
    setItem: (key: string, value: string) => void notes.set(key, value),
  });
  const collection = await openCollection({ store: createMemoryStore(BAG_SPACE), index: exactIndex });
  engine = createEngine({ collection, embedder: createBagEmbedder({ limit: 250 }), backend: "memory", why: "a test" });
});

test("every species is found by its words before it is embedded", async () => {
  const { findable, whole } = fillGuide(engine, guideOf("lark", "wren"), { version: "1" });
  await findable;
  const { hits } = await engine.search("the lark looks", { k: 1 });
  expect(hits[0]).toMatchObject({ id: "lark", match: "words" });
  await whole;
});

test("a visit that ended before species were embedded is continued by the next, which writes nothing again", async () => {
  const never = () => new Promise<void>(() => undefined);
  await fillGuide(engine, guideOf("lark"), { version: "1", answered: never }).findable;
  const add = vi.spyOn(engine, "add");
  await fillGuide(engine, guideOf("lark"), { version: "1" }).whole;
  expect(add).not.toHaveBeenCalled();
  expect((await engine.stats()).wordsOnly).toBe(0);
});

test("all aspects are embedded in the end", async () => {
  await fillGuide(engine, guideOf("lark", "wren"), { version: "1" }).whole;
  const { entries, passages } = await engine.stats();
  expect([entries, passages]).toEqual([2, 10]);
});

test("the starter is fetched and species are embedded when no question waits for its answer any more", async () => {
  let answer: (() => void) | undefined;
  const asked = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const fetched = vi.fn(async () => undefined);
  const options = { version: "1", answered: () => asked, fetched };
  const { findable, whole } = fillGuide(engine, guideOf("lark", "wren"), options);
  await findable;
  await new Promise((turn) => setTimeout(turn, 20));
  expect((await engine.stats()).wordsOnly).toBe(2);
  expect(fetched).not.toHaveBeenCalled();
  answer?.();
  await whole;
  expect((await engine.stats()).passages).toBe(10);
  expect(fetched).toHaveBeenCalledOnce();
});

test("a guide that is stored is not written again", async () => {
  await fillGuide(engine, guideOf("lark"), { version: "1" }).whole;
  const add = vi.spyOn(engine, "add");
  await fillGuide(engine, guideOf("lark"), { version: "1" }).whole;
  expect(add).not.toHaveBeenCalled();
});

test("a new version replaces the guide, and species that it lacks are removed", async () => {
  await fillGuide(engine, guideOf("lark", "dodo"), { version: "1" }).whole;
  await fillGuide(engine, guideOf("lark", "wren"), { version: "2" }).whole;
  const { hits } = await engine.search("the dodo looks", { k: 10 });
  expect(hits.map(({ id }) => id).sort()).toEqual(["lark", "wren"]);
});

test("a guide whose database was lost is written again", async () => {
  await fillGuide(engine, guideOf("lark"), { version: "1" }).whole;
  await engine.remove(["lark"]);
  await fillGuide(engine, guideOf("lark"), { version: "1" }).whole;
  expect((await engine.stats()).entries).toBe(1);
});

test("the species that are findable are counted on the way", async () => {
  const told: AddProgress[] = [];
  await fillGuide(engine, guideOf("lark", "wren"), { version: "1", onProgress: (progress) => told.push(progress) })
    .findable;
  expect(told.at(-1)).toEqual({ done: 2, total: 2 });
});

test("a note that cannot be read counts as missing", async () => {
  localStorage.setItem("pipit-guide", "{");
  await fillGuide(engine, guideOf("lark"), { version: "1" }).whole;
  expect((await engine.stats()).entries).toBe(1);
});

function guideOf(...ids: string[]): Guide {
  return new Map(ids.map((id) => [id, { species: bird(id), group: "Birds" }]));
}

function bird(id: string): Species {
  // As long as a real fact: the shortest paragraphs are joined to their neighbors.
  const fact = (verb: string) =>
    `The ${id} ${verb} as all of its kind do, and has done so for as long as anyone remembers.`;
  const facts = { habitat: fact("lives"), look: fact("looks"), song: fact("sings") };
  return { id, name: id, scientificName: `Avis ${id}`, family: "Birds", sizeCm: 10, regions: ["Europe"], ...facts };
}
