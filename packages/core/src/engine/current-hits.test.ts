import { BAG_SPACE, createBagEmbedder } from "@pipit/test/fixtures/bag-embedder";
import { describe, expect, test } from "vitest";
import { openCollection } from "../collection/local-collection.ts";
import { createMemoryStore } from "../collection/memory-store.ts";
import { exactIndex } from "../index/exact-index.ts";
import type { SearchEngine } from "../ports/search-engine.ts";
import { createEngine } from "./engine.ts";

type Change = (engine: SearchEngine) => Promise<unknown>;

/** An engine whose store answers `readTexts` only after the next of the changes was made, like a slow store. */
async function engineWith(changes: readonly Change[]) {
  const store = createMemoryStore(BAG_SPACE);
  const readTexts = store.readTexts.bind(store);
  const waiting: Change[] = [];
  let changing = false;
  store.readTexts = async (ids) => {
    // The change itself reads the store, too.
    if (!changing) {
      changing = true;
      await waiting.shift()?.(engine);
      changing = false;
    }
    return readTexts(ids);
  };
  const collection = await openCollection({ store, index: exactIndex });
  const engine = createEngine({ collection, embedder: createBagEmbedder(), backend: "js", why: "test" });
  await engine.add(ENTRIES);
  waiting.push(...changes);
  return engine;
}

const ann = { owner: "ann" };
const bob = { owner: "bob" };
const ENTRIES = [
  { id: "a", text: "intro line\n\nowl hunts at night", fields: ann },
  { id: "b", text: "owl hunts mice at dusk", fields: ann },
  { id: "c", text: "a tawny owl", fields: ann },
  { id: "thai", text: "นกฮูก", fields: ann },
];
const filter = { field: "owner", equals: "ann" } as const;

const replaced: Change = (engine) => engine.add([{ id: "a", text: "the owl hunts at night, says bob", fields: bob }]);
const given: Change = (engine) => engine.update("a", { fields: bob });
const removed: Change = (engine) => engine.remove(["a"]);

describe("an entry that changes between the search and the reading of its hits", () => {
  test.each([
    ["is replaced", replaced],
    ["gets other fields", given],
    ["is removed", removed],
  ])("%s is not returned to a filter that it no longer matches, and the next best is", async (_, change) => {
    const engine = await engineWith([change]);
    const { hits, partial } = await engine.search("owl hunts at night", { k: 1, filter });
    expect(hits.map(({ id }) => id)).toEqual(["b"]);
    expect(partial).toBeUndefined();
  });

  test("is found by its new text, with the score and the passage of that", async () => {
    const text = "some owl hunts voles";
    const engine = await engineWith([(engine) => engine.update("a", { text })]);
    const searched = await engine.search("owl hunts at night", { k: 3 });
    expect(searched.hits).toEqual((await engine.search("owl hunts at night", { k: 3 })).hits);
    expect(searched.hits.find(({ id }) => id === "a")?.part).toEqual({
      modality: "text",
      text,
      start: 0,
      end: text.length,
    });
  });

  test("is not found by words that it no longer has", async () => {
    const engine = await engineWith([(engine) => engine.update("thai", { text: "ธนาคาร" })]);
    expect((await engine.search("นกฮูก")).hits).toEqual([]);
  });

  test("is left out of a partial answer if it changes at every search", async () => {
    const again: Change = (engine) => engine.update("a", { text: "the owl hunts at night" });
    const engine = await engineWith(Array.from({ length: 9 }, () => again));
    const { hits, partial } = await engine.search("owl hunts at night", { k: 1, filter });
    expect(partial).toBe(true);
    expect(hits.map(({ id }) => id)).toEqual(["b"]);
  });
});
