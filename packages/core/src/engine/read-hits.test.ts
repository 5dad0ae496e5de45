import { expect, test } from "vitest";
import { LIMITS } from "../limits.ts";
import type { EntryText } from "../ports/entry-store.ts";
import { readHits } from "./read-hits.ts";

const found = Array.from({ length: 1000 }, (_, i) => ({
  id: `e${i}`,
  score: 1,
  evidence: { cosine: 1 },
  part: { row: 1, start: 0, end: 3 },
  words: [],
}));
const query = { k: 1000 };

/** The same entry under every id; counts the reads. */
function storeOf(entry: Partial<EntryText>) {
  const store = {
    read: 0,
    async getMany(ids: readonly string[]) {
      store.read += ids.length;
      const passages = [{ row: 1, start: 0, end: 3 }];
      return ids.map((id) => ({ id, text: "owl", fields: {}, passages, ...entry }) as EntryText);
    },
  };
  return store;
}

test.each([
  ["texts", { text: "x".repeat(LIMITS.textCharacters) }],
  ["fields", { fields: { tags: Array.from({ length: 60 }, () => "y".repeat(1_000)) } }],
  ["lists of empty texts", { fields: { tags: Array.from({ length: 65_000 }, () => "") } }],
  ["passages", { text: "x".repeat(50_000), fields: { a: "z".repeat(40_000) } }],
] as const)("hits with long %s are refused before they are all read", async (_, entry) => {
  const store = storeOf(entry);
  const reading = readHits(store, found, query);
  await expect(reading).rejects.toThrow(/Ask for fewer hits/);
  await expect(reading).rejects.toMatchObject({ code: "bad-input" });
  expect(store.read).toBeLessThan(400);
});

test("a thousand ordinary hits are read in order", async () => {
  const { hits } = await readHits(storeOf({ text: "a bird" }), found, query);
  expect(hits.map(({ id }) => id)).toEqual(found.map(({ id }) => id));
  expect(hits[999]).toMatchObject({ part: { text: "a b", start: 0, end: 3 }, entry: { text: "a bird" } });
});

test("an aborted call reads no further", async () => {
  const store = storeOf({});
  const ending = new AbortController();
  const getMany = async (ids: readonly string[]) => {
    ending.abort();
    return store.getMany(ids);
  };
  await expect(readHits({ getMany }, found, { k: 1000, signal: ending.signal })).rejects.toMatchObject({
    code: "aborted",
  });
  expect(store.read).toBe(50);
});

test("a hit names the words of its passage that match, as ranges of the entry's text", async () => {
  const text = "No. The 🦉 owl's owlets: OWL";
  const passages = [{ row: 1, start: 4, end: text.length }];
  const hit = { ...found[0]!, part: passages[0]!, words: ["owl", "🦉"] };
  const { hits } = await readHits(storeOf({ text, passages }), [hit], { k: 1 });
  const { matches } = hits[0]!;
  expect(matches.map(({ start, end }) => text.slice(start, end))).toEqual(["🦉", "owl", "OWL"]);
});
