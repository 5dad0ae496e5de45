import "fake-indexeddb/auto";
import { openIdbStore } from "@pipit/browser/idb-store";
import { openDB } from "idb";
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
