import "fake-indexeddb/auto";
import { openIdbStore } from "@pipit/browser/idb-store";
import { entryStoreContract } from "./entry-store.ts";

let homes = 0;

entryStoreContract("IndexedDB (in memory)", async () => {
  const name = `contract-${++homes}`;
  return { open: (space) => openIdbStore({ name, space }) };
});
