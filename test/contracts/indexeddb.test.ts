import "fake-indexeddb/auto";
import { openIdbStore } from "@pipit/browser/idb-store";
import { vi } from "vitest";
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
