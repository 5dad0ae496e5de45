import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StoredEntry } from "@pipit/core";
import { openSqlite, openSqlStore } from "@pipit/edge/node";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BAG_SPACE } from "../fixtures/bag-embedder.ts";

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pipit-sqlite-"));
  path = join(folder, "pipit.sqlite");
});
afterEach(() => rm(folder, { recursive: true }));

const statement = (sql: string) => [{ sql, values: [] }];

test("a transaction is on disk when it is acknowledged", async () => {
  const database = await openSqlite(path);
  const [[mode], [synchronous]] = [
    (await database.batch(statement("PRAGMA journal_mode")))[0]!,
    (await database.batch(statement("PRAGMA synchronous")))[0]!,
  ];
  expect(mode).toEqual({ journal_mode: "wal" });
  // 2 is FULL: the log is synced at each commit.
  expect(synchronous).toEqual({ synchronous: 2 });
  await database.close();
});

test("a full disk refuses the whole write and leaves what was there", async () => {
  const database = await openSqlite(path);
  const store = await openSqlStore(database, "birds", BAG_SPACE);
  await store.write({ put: [entry("kept", 0)] });
  await database.batch(statement("PRAGMA max_page_count = 40"));
  const many = Array.from({ length: 2000 }, (_, i) => entry(`lost-${i}`, i + 1));
  await expect(store.write({ put: many })).rejects.toMatchObject({ code: "storage-full" });
  expect(await store.state()).toEqual({ sequence: 1, count: 1, nextRow: 1 });
  expect((await store.getMany(["kept", "lost-0"])).map((found) => found?.id)).toEqual(["kept", undefined]);
  await database.close();
});

test("a database of another version is refused, naming both", async () => {
  const database = await openSqlite(path);
  await database.batch(statement("UPDATE pipit SET version = 99"));
  await database.close();
  await expect(openSqlite(path)).rejects.toMatchObject({ code: "storage-outdated" });
  await expect(openSqlite(path)).rejects.toThrow(/99.*version 1/);
});

test("a failing statement undoes those before it", async () => {
  const database = await openSqlite(path);
  const batch = [...statement("INSERT INTO pipit (version) VALUES (7)"), ...statement("SELECT nothing FROM nowhere")];
  await expect(database.batch(batch)).rejects.toMatchObject({ code: "storage-failed" });
  const [rows] = await database.batch(statement("SELECT version FROM pipit"));
  expect(rows).toEqual([{ version: 1 }]);
  await database.close();
});

test("a holder learns of a removal even when the entry was removed twice", async () => {
  const database = await openSqlite(path);
  const store = await openSqlStore(database, "birds", BAG_SPACE);
  const { sequence } = await store.write({ put: [entry("a", 0)] });
  await store.write({ remove: ["a"] });
  await store.write({ remove: ["a"] });
  const changes = [];
  for await (const batch of store.changes(sequence)) changes.push(...batch);
  expect(changes).toEqual([{ kind: "remove", sequence: 2, id: "a" }]);
  await database.close();
});

test("a closed database says so", async () => {
  const database = await openSqlite(path);
  await database.close();
  await expect(database.batch(statement("SELECT 1"))).rejects.toMatchObject({ code: "closed" });
});

function entry(id: string, row: number): StoredEntry {
  const vectors = new Float32Array(BAG_SPACE.dimensions).fill(0.125);
  const passages = [{ row, start: 0, end: 4 }];
  return { id, text: "a bird", fields: {}, passages, vectors, producer: "bag", provisional: false };
}
