import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ByteStore,
  createMemoryBytes,
  createMemoryStore,
  exactIndex,
  MemoryDatabase,
  openCollection,
} from "@pipit/core";
import { openFileBytes, openSqlite, openSqlStore } from "@pipit/edge/node";
import { loadHnswIndex, loadIndex, loadTokenScorer } from "@pipit/wasm/node";
import { BAG_SPACE } from "../fixtures/bag-embedder.ts";
import { PICTURES } from "../fixtures/further-space.ts";
import { collectionContract } from "./collection.ts";

const scorer = await loadTokenScorer();

/** Bytes that stay when a collection is closed. */
function unclosed(bytes: ByteStore): ByteStore {
  return { ...bytes, close: async () => undefined };
}

collectionContract("memory, the exact index", async () => {
  const database = new MemoryDatabase();
  const snapshots = createMemoryBytes({ maxBytes: 1 << 20 });
  const media = unclosed(createMemoryBytes({ maxBytes: 1 << 20 }));
  return {
    open: () => {
      const store = createMemoryStore(BAG_SPACE, database);
      return openCollection({ store, index: exactIndex, snapshots, scorer, further: [PICTURES], media });
    },
  };
});

const kinds = { "the default index": await loadIndex(), "the graph": await loadHnswIndex() };
for (const [name, index] of Object.entries(kinds)) {
  collectionContract(`SQLite and files, ${name}`, async () => {
    const folder = await mkdtemp(join(tmpdir(), "pipit-collection-"));
    const database = await openSqlite(join(folder, "pipit.sqlite"));
    const snapshots = await openFileBytes(join(folder, "snapshots"));
    return {
      async open() {
        const store = await openSqlStore(database, "birds", BAG_SPACE);
        const media = await openFileBytes(join(folder, "media"));
        return openCollection({ store, index, snapshots, scorer, further: [PICTURES], media });
      },
      async destroy() {
        await database.close();
        await rm(folder, { recursive: true });
      },
    };
  });
}
