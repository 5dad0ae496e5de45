import { createMemoryStore, MemoryDatabase } from "@pipit/core";
import { entryStoreContract } from "./entry-store.ts";

entryStoreContract("memory", async () => {
  const database = new MemoryDatabase();
  return { open: async (space) => createMemoryStore(space, database) };
});
