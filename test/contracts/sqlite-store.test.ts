import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqlite, openSqlStore } from "@pipit/edge/node";
import { entryStoreContract } from "./entry-store.ts";

entryStoreContract("SQLite on Node", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pipit-sqlite-"));
  const database = await openSqlite(join(folder, "pipit.sqlite"));
  return {
    open: (space) => openSqlStore(database, "birds", space),
    async destroy() {
      await database.close();
      await rm(folder, { recursive: true });
    },
  };
});
