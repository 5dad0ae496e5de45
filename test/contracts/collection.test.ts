import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryBytes, createMemoryStore, exactIndex, MemoryDatabase, openCollection } from "@pipit/core";
import { openFileBytes, openSqlite, openSqlStore } from "@pipit/edge/node";
import { loadHnswIndex, loadIndex, loadTokenScorer } from "@pipit/wasm/node";
import { BAG_SPACE } from "../fixtures/bag-embedder.ts";
import { collectionContract } from "./collection.ts";

const scorer = await loadTokenScorer();

collectionContract("memory, the exact index", async () => {
  const database = new MemoryDatabase();
  const snapshots = createMemoryBytes({ maxBytes: 1 << 20 });
  return {
    open: () => openCollection({ store: createMemoryStore(BAG_SPACE, database), index: exactIndex, snapshots, scorer }),
  };
});

const kinds = { "the default index": await loadIndex(), "the graph": await loadHnswIndex() };
for (const [name, index] of Object.entries(kinds)) {
  collectionContract(`SQLite and files, ${name}`, async () => {
    const folder = await mkdtemp(join(tmpdir(), "pipit-collection-"));
    const database = await openSqlite(join(folder, "pipit.sqlite"));
    const snapshots = await openFileBytes(join(folder, "snapshots"));
    return {
      open: async () =>
        openCollection({ store: await openSqlStore(database, "birds", BAG_SPACE), index, snapshots, scorer }),
      async destroy() {
        await database.close();
        await rm(folder, { recursive: true });
      },
    };
  });
}
