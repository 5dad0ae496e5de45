import { cp, mkdir, mkdtemp, open, readdir, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createEngine, type EntryStore, exactIndex, openCollection, type StoredEntry } from "@pipit/core";
import { inspectSqlite, openFileBytes, openSqlite, openSqlStore } from "@pipit/edge/node";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BAG_SPACE, createBagEmbedder } from "../fixtures/bag-embedder.ts";

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
  // 2 means FULL: the log is synced at each commit.
  expect(synchronous).toEqual({ synchronous: 2 });
  await database.close();
});

test.each([
  ["deleted", () => rm(path)],
  ["moved", () => rename(path, `${path}.old`)],
  ["replaced", () => rename(path, `${path}.old`).then(() => writeFile(path, ""))],
])("a write to a file that was %s is refused: nobody would find it again", async (_, lose) => {
  const database = await openSqlite(path);
  await database.batch(statement("CREATE TABLE t (a)"));
  await lose();
  const write = database.batch(statement("INSERT INTO t VALUES (1)"));
  await expect(write).rejects.toMatchObject({ code: "storage-failed", got: expect.stringContaining("deleted, moved") });
  expect(await database.batch(statement("SELECT a FROM t"))).toEqual([[]]);
  await database.close();
});

test("a write whose log was deleted is refused, and what was written before is there", async () => {
  const database = await openSqlite(path);
  await database.batch(statement("CREATE TABLE t (a)"));
  await database.batch(statement("INSERT INTO t VALUES (1)"));
  await rm(`${path}-wal`);
  expect(database.isInPlace()).toBe(false);
  await expect(database.batch(statement("INSERT INTO t VALUES (2)"))).rejects.toMatchObject({ code: "storage-failed" });
  await database.close();
  const again = await openSqlite(path);
  expect(await again.batch(statement("SELECT a FROM t"))).toEqual([[{ a: 1 }]]);
  await again.close();
});

test("a database whose whole content was in a log that is gone is no new one", async () => {
  const database = await openSqlite(path);
  const store = await openSqlStore(database, "birds", BAG_SPACE);
  await store.write({ put: Array.from({ length: 200 }, (_, i) => entry(`lost${i}`, i)) });
  const left = join(folder, "left.sqlite");
  for (const end of ["", "-reserve"]) await cp(`${path}${end}`, `${left}${end}`);
  await database.close();
  await expect(openSqlite(left)).rejects.toMatchObject({ got: expect.stringContaining("left.sqlite-reserve is not") });
  await expect(inspectSqlite(left)).rejects.toMatchObject({ code: "storage-failed" });
  await rm(`${left}-reserve`);
  await (await openSqlite(left)).close();
});

test("the log of a server that died is kept while its database is away", async () => {
  const database = await openSqlite(path);
  const store = await openSqlStore(database, "birds", BAG_SPACE);
  await store.write({ put: [entry("kept", 0)] });
  const left = join(folder, "left.sqlite");
  await cp(`${path}-wal`, `${left}-wal`);
  await expect(openSqlite(left)).rejects.toMatchObject({ got: expect.stringContaining("its log") });
  await cp(path, left);
  await database.close();
  const again = await openSqlite(left);
  expect((await (await openSqlStore(again, "birds", BAG_SPACE)).state()).count).toBe(1);
  await again.close();
});

test("a full disk refuses the whole write and keeps earlier entries", async () => {
  const database = await openSqlite(path);
  const store = await openSqlStore(database, "birds", BAG_SPACE);
  await store.write({ put: [entry("kept", 0)] });
  await limitPages(database, 40);
  const many = Array.from({ length: 2000 }, (_, i) => entry(`lost-${i}`, i + 1));
  await expect(store.write({ put: many })).rejects.toMatchObject({ code: "storage-full" });
  expect(await store.state()).toEqual({ sequence: 1, count: 1, nextRow: 1 });
  expect((await store.getMany(["kept", "lost-0"])).map((found) => found?.id)).toEqual(["kept", undefined]);
  await database.close();
});

/**
 * Limits a database to `pages` pages. It also turns syncing off: these tests commit thousands of times and would take minutes on a disk
 * that syncs slowly.
 */
async function limitPages(database: Awaited<ReturnType<typeof openSqlite>>, pages: number): Promise<void> {
  await database.batch(statement(`PRAGMA max_page_count = ${pages}`));
  await database.batch(statement("PRAGMA synchronous = OFF"));
}

/** Writes entries of different sizes until no page is left. Returns their ids. */
async function fillUp(store: EntryStore): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; ; i++) {
    const id = `${(i * 7919) % 100_003}-${"x".repeat(i % 40)}`;
    try {
      await store.write({ put: [entry(id, i)] });
    } catch (error) {
      expect(error).toMatchObject({ code: "storage-full" });
      return ids;
    }
    ids.push(id);
  }
}

test.each([120, 121])("a full database of %i pages gives entries up, one by one and all at once", async (pages) => {
  const database = await openSqlite(path);
  const store = await openSqlStore(database, "birds", BAG_SPACE);
  await limitPages(database, pages);
  const ids = await fillUp(store);
  for (const id of ids.slice(0, 150)) await store.write({ remove: [id] });
  expect((await store.state()).count).toBe(ids.length - 150);
  await fillUp(store);
  await store.write({ remove: ids });
  const seen = [];
  for await (const batch of store.changes(0)) seen.push(...batch.filter(({ kind }) => kind === "put"));
  expect(seen).toHaveLength((await store.state()).count);
  expect(await store.getMany(ids)).toEqual(ids.map(() => undefined));
  await store.write({ put: [entry("room again", 9999)] });
  await database.close();
});

test("a holder learns of what a full database gave up, also when it stands far behind", async () => {
  const database = await openSqlite(path);
  const open = async () =>
    openCollection({ store: await openSqlStore(database, "birds", BAG_SPACE), index: exactIndex });
  const store = await openSqlStore(database, "birds", BAG_SPACE);
  await limitPages(database, 100);
  const ids = await fillUp(store);
  const behind = await open();
  await store.write({ remove: ids.slice(0, -3) });
  const { sequence } = await store.state();
  const seen = [];
  for await (const batch of store.changes(sequence - 1)) seen.push(...batch);
  expect(seen).toEqual([{ kind: "only", sequence, ids: expect.arrayContaining(ids.slice(-3)) }]);
  await limitPages(database, 1000);
  await store.write({ put: [entry("new", 99_999)] });
  for (const holder of [behind, await open()]) {
    expect((await holder.ids()).sort()).toEqual([...ids.slice(-3), "new"].sort());
    expect((await holder.stats()).sequence).toBe(sequence + 1);
  }
  await database.close();
});

test("a database without the column pruned opens, and removes entries", async () => {
  const old = new DatabaseSync(path);
  old.exec(`CREATE TABLE pipit (version INTEGER NOT NULL); INSERT INTO pipit VALUES (1);
    CREATE TABLE collections (
      name TEXT PRIMARY KEY, space TEXT NOT NULL, space_name TEXT NOT NULL, dimensions INTEGER NOT NULL,
      created INTEGER NOT NULL, sequence INTEGER NOT NULL DEFAULT 0, next_row INTEGER NOT NULL DEFAULT 0,
      count INTEGER NOT NULL DEFAULT 0, turn INTEGER NOT NULL DEFAULT 0, holder TEXT, held_until REAL) WITHOUT ROWID`);
  old.close();
  const database = await openSqlite(path);
  const store = await openSqlStore(database, "birds", BAG_SPACE);
  await limitPages(database, 100);
  const ids = await fillUp(store);
  for (const id of ids) await store.write({ remove: [id] });
  expect((await store.state()).count).toBe(0);
  await database.close();
});

test("a database that was deleted leaves nothing behind in what is filled anew, although its snapshot was kept", async () => {
  const opened = async () => {
    const database = await openSqlite(path);
    const snapshots = await openFileBytes(join(folder, "snapshots"));
    const store = await openSqlStore(database, "birds", BAG_SPACE);
    const collection = await openCollection({ store, index: exactIndex, snapshots });
    const engine = createEngine({ collection, embedder: createBagEmbedder(), backend: "js", why: "test" });
    return { engine, close: () => engine.close().then(() => database.close()) };
  };
  const birds = (kind: string) => Array.from({ length: 40 }, (_, i) => ({ id: `${kind}${i}`, text: `${kind} ${i}` }));
  const before = await opened();
  for (const owl of birds("owl")) await before.engine.add([owl]);
  await before.close();
  for (const name of await readdir(folder)) if (name !== "snapshots") await rm(join(folder, name));
  expect(await readdir(join(folder, "snapshots"))).toHaveLength(1);
  const anew = await opened();
  for (const bird of [...birds("lark"), ...birds("wren")]) await anew.engine.add([bird]);
  // As after a kill: no snapshot is saved.
  await cp(folder, `${folder}-killed`, { recursive: true });
  await anew.close();
  await rm(folder, { recursive: true });
  await rename(`${folder}-killed`, folder);
  const again = await opened();
  const { hits } = await again.engine.search("owl lark", { k: 1000 });
  expect(hits).toHaveLength(80);
  await again.close();
});

test("an add that meets a full disk says how many of its entries are stored, and they are", async () => {
  const database = await openSqlite(path);
  const collection = await openCollection({
    store: await openSqlStore(database, "birds", BAG_SPACE),
    index: exactIndex,
  });
  const engine = createEngine({ collection, embedder: createBagEmbedder(), backend: "js", why: "test" });
  await limitPages(database, 150);
  const birds = Array.from({ length: 2000 }, (_, i) => ({ id: `b${i}`, text: `bird number ${i}` }));
  const { code, stored, message } = await engine.add(birds).then(
    () => ({ code: "all stored", stored: 2000, message: "" }),
    (error) => error,
  );
  expect(code).toBe("storage-full");
  expect(stored).toBeGreaterThan(0);
  expect((await engine.stats()).entries).toBe(stored);
  expect(message).toContain(`The first ${stored} entries of this call are stored.`);
  expect(await engine.add([{ id: "b0", text: "" }])).toEqual({ added: 0, skipped: ["b0"] });
  expect(await engine.remove(birds.map(({ id }) => id))).toBe(stored - 1);
  expect((await engine.search("bird number 1")).hits).toEqual([]);
  await engine.close();
  await database.close();
});

test("disk space is reserved as the database grows, and freed while it removes", async () => {
  const database = await openSqlite(path);
  const store = await openSqlStore(database, "birds", BAG_SPACE);
  await store.write({ put: Array.from({ length: 1000 }, (_, i) => entry(`b${i}`, i)) });
  const held = () =>
    stat(`${path}-reserve`).then(
      ({ size }) => size,
      () => 0,
    );
  const before = await held();
  expect(before).toBeGreaterThan(500_000);
  expect(await database.whileFull(held)).toBe(0);
  expect(await held()).toBe(before);
  await database.whileFull(() => store.write({ remove: ["b0", "b1"] }));
  // The log is moved into the database file, so that it takes no space.
  expect((await stat(`${path}-wal`)).size).toBe(0);
  await database.close();
});

test("a database of another version is refused, naming both", async () => {
  const database = await openSqlite(path);
  await database.batch(statement("UPDATE pipit SET version = 99"));
  await database.close();
  await expect(openSqlite(path)).rejects.toMatchObject({ code: "storage-outdated" });
  await expect(openSqlite(path)).rejects.toThrow(/99.*version 1/);
});

describe("a damaged file", () => {
  const DAMAGED = {
    code: "storage-failed",
    got: expect.stringMatching(/pipit\.sqlite, which is damaged \(/),
    do: "Entries may be missing. Restore its folder from a backup, or move the folder away to begin with an empty one.",
  };

  beforeEach(async () => {
    const database = await openSqlite(path);
    const store = await openSqlStore(database, "birds", BAG_SPACE);
    await store.write({ put: Array.from({ length: 1000 }, (_, i) => entry(`b${i}`, i)) });
    await database.close();
  });

  async function overwrite(bytes: Buffer, position: number) {
    const file = await open(path, "r+");
    await file.write(bytes, 0, bytes.length, position);
    await file.close();
  }
  const size = async () => (await stat(path)).size;

  test.each<[string, () => Promise<void>]>([
    ["whose first bytes are others", () => overwrite(Buffer.alloc(16, 65), 0)],
    ["whose header is damaged", () => overwrite(Buffer.alloc(84, 65), 16)],
    ["of zeros", async () => overwrite(Buffer.alloc(await size()), 0)],
    ["that is cut off in its header", () => truncate(path, 50)],
    ["that is cut off after a page", () => truncate(path, 4096)],
    ["that is cut off in the middle", async () => truncate(path, (await size()) / 2)],
  ])("%s is refused, and not reported as complete", async (_, damage) => {
    await damage();
    await expect(openSqlite(path)).rejects.toMatchObject(DAMAGED);
  });

  test("that opens says so in the call that meets the damage", async () => {
    await overwrite(Buffer.alloc((await size()) - 40_000, 65), 40_000);
    const database = await openSqlite(path);
    await expect(database.batch(statement("SELECT sum(length(vectors)) FROM entries"))).rejects.toMatchObject(DAMAGED);
    await database.close();
  });

  test("that was emptied is no new database, until it is moved away", async () => {
    await truncate(path, 0);
    await expect(openSqlite(path)).rejects.toMatchObject(DAMAGED);
    await rename(path, `${path}.old`);
    const database = await openSqlite(path);
    expect((await (await openSqlStore(database, "birds", BAG_SPACE)).state()).count).toBe(0);
    await database.close();
  });
});

test.each(["snapshots/one", "pipit.sqlite-wal", "pipit.sqlite-reserve"])(
  "an empty file is a new database, unless there is something in %s beside it",
  async (name) => {
    await writeFile(path, "");
    await mkdir(join(folder, "snapshots"));
    await writeFile(join(folder, name), "");
    await (await openSqlite(path)).close();
    await writeFile(path, "");
    await rm(`${path}-reserve`, { force: true });
    await writeFile(join(folder, name), "something");
    await expect(openSqlite(path)).rejects.toMatchObject({
      got: expect.stringContaining(`${join(folder, name)} is not`),
    });
    expect((await stat(path)).size).toBe(0);
  },
);

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

test.each(["SELECT 1", "SELECT 2"])("a closed database says so, whether it ran %j before or not", async (query) => {
  const database = await openSqlite(path);
  await database.batch(statement("SELECT 1"));
  await database.close();
  await expect(database.batch(statement(query))).rejects.toMatchObject({ code: "closed" });
});

test("closing waits for the write whose turn has begun, and may be asked for twice", async () => {
  const database = await openSqlite(path);
  const store = await openSqlStore(database, "birds", BAG_SPACE);
  const ready = Promise.withResolvers<void>();
  const writing = store.exclusively(() => ready.promise.then(() => store.write({ put: [entry("late", 0)] })));
  const closing = database.close();
  setTimeout(ready.resolve, 20);
  expect((await writing).count).toBe(1);
  await closing;
  await database.close();
});

test("a store that is closed while its changes are read ends the reading", async () => {
  const database = await openSqlite(path);
  const store = await openSqlStore(database, "birds", BAG_SPACE);
  await store.write({ put: Array.from({ length: 300 }, (_, i) => entry(`b${i}`, i)) });
  const reading = store.changes(0)[Symbol.asyncIterator]();
  expect((await reading.next()).value).toHaveLength(128);
  await store.close();
  await expect(reading.next()).rejects.toMatchObject({ code: "closed" });
  await database.close();
});

test("a database in memory leaves no file", async () => {
  const files = await readdir(".");
  const database = await openSqlite(":memory:");
  const many = Array.from({ length: 300 }, (_, i) => entry(`b${i}`, i));
  await (await openSqlStore(database, "birds", BAG_SPACE)).write({ put: many });
  expect(await readdir(".")).toEqual(files);
  await database.close();
});

function entry(id: string, row: number): StoredEntry {
  const vectors = new Float32Array(BAG_SPACE.dimensions).fill(0.125);
  const passages = [{ row, start: 0, end: 4 }];
  return { id, text: "a bird", fields: {}, passages, vectors, producer: "bag", provisional: false };
}
