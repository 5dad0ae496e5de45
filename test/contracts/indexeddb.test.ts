import "fake-indexeddb/auto";
import { openIdbStore, STORE_MIGRATIONS } from "@pipit/browser/idb-store";
import type { StoreChange, StoredEntry } from "@pipit/core";
import { type IDBPDatabase, openDB } from "idb";
import { expect, test, vi } from "vitest";
import { BAG_SPACE } from "../fixtures/bag-embedder.ts";
import { entryStoreContract } from "./entry-store.ts";

let homes = 0;

entryStoreContract("IndexedDB (in memory)", async () => {
  const name = `contract-${++homes}`;
  return { open: (space) => openIdbStore({ name, space }) };
});

// As on plain http, where tabs take turns by transactions.
entryStoreContract("IndexedDB (in memory), without Web Locks", async () => {
  const name = `contract-${++homes}`;
  return {
    async open(space) {
      vi.stubGlobal("navigator", {});
      try {
        return await openIdbStore({ name, space });
      } finally {
        vi.unstubAllGlobals();
      }
    },
  };
});

test("a database of an older version does not know when it was made, and opens", async () => {
  const open = () => openIdbStore({ name: "older", space: BAG_SPACE });
  await (await open()).close();
  const database = await openDB("pipit:older");
  const { createdAt, ...older } = await database.get("head", "head");
  expect(createdAt).toBeGreaterThan(0);
  await database.put("head", older, "head");
  database.close();
  expect((await open()).createdAt).toBe(0);
});

test("entries that version 1 of the database wrote, with their vectors in one record, are read, replaced and removed", async () => {
  const written = (id: string, row: number): StoredEntry => ({
    id,
    text: `text of ${id}`,
    fields: {},
    passages: [{ row, start: 0, end: 4 }],
    vectors: new Float32Array(BAG_SPACE.dimensions).fill(0.125),
    producer: "bag",
    provisional: false,
  });
  const upgrade = STORE_MIGRATIONS[0] as unknown as (database: IDBPDatabase) => void;
  const database = await openDB("pipit:inline", 1, { upgrade });
  const entries = ["a", "b", "c"].map((id, row) => written(id, row));
  const head = { sequence: 1, count: 3, nextRow: 3, space: BAG_SPACE, createdAt: 1 };
  await database.put("head", head, "head");
  await database.put("head", "whole", "whole");
  for (const entry of entries) await database.put("records", { id: entry.id, sequence: 1, entry });
  database.close();
  const store = await openIdbStore({ name: "inline", space: BAG_SPACE });
  expect(await store.getMany(["a", "b", "c"])).toEqual(entries);
  const again = { ...written("b", 3), tokens: { space: "t", counts: [1], bits: Uint8Array.of(1, 2) } };
  await store.write({ put: [again], remove: ["c"] });
  const changes: StoreChange[] = [];
  for await (const batch of store.changes(0)) changes.push(...batch);
  expect(changes).toEqual([
    { kind: "put", sequence: 1, entry: entries[0] },
    { kind: "put", sequence: 2, entry: again },
    { kind: "remove", sequence: 2, id: "c" },
  ]);
});

test("texts are read without the vectors' store, which has no record of removed entries or of those without vectors", async () => {
  const store = await openIdbStore({ name: "apart", space: BAG_SPACE });
  const vectors = new Float32Array(BAG_SPACE.dimensions);
  const tokens = { space: "t", counts: [], bits: new Uint8Array() };
  const entry = { id: "a", text: "a", fields: {}, passages: [], vectors, tokens, producer: "bag", provisional: false };
  await store.write({ put: [entry, { ...entry, id: "b" }] });
  const [text] = await store.readTexts(["a"]);
  expect(text).not.toHaveProperty("vectors");
  expect(text).not.toHaveProperty("tokens");
  const wordsOnly = { ...entry, vectors: new Float32Array(), tokens: undefined };
  await store.write({ put: ["c", "d"].map((id) => ({ ...wordsOnly, id })), remove: ["a"] });
  const database = await openDB("pipit:apart");
  expect(await database.getAllKeys("vectors")).toEqual(["b"]);
  await store.write({ put: [{ ...wordsOnly, id: "b" }] });
  expect(await database.getAllKeys("vectors")).toEqual([]);
  database.close();
});
