import { copyFile, mkdir, mkdtemp, open, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BAG_SPACE } from "@pipit/test/fixtures/bag-embedder";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSqlStore } from "../../sql/sql-store.ts";
import { inspectSqlite } from "./inspect-sqlite.ts";
import { openSqlite } from "./sqlite.ts";

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pipit-inspect-"));
  path = join(folder, "pipit.sqlite");
});
afterEach(() => rm(folder, { recursive: true }));

async function filled() {
  const database = await openSqlite(path);
  const store = await openSqlStore(database, "birds", BAG_SPACE);
  const part = { fields: {}, passages: [], vectors: new Float32Array(), producer: "bag", provisional: false };
  const put = Array.from({ length: 300 }, (_, i) => ({ id: `${i}`, text: `note ${i} `.repeat(20), ...part }));
  await store.write({ put });
  return database;
}

test("a whole database is counted, and can be opened after it", async () => {
  await (await filled()).close();
  expect(await inspectSqlite(path)).toEqual({ collections: 1, entries: 300 });
  await (await openSqlite(path)).close();
});

test("one whose server died is counted with its log, and left as it is", async () => {
  const database = await filled();
  const left = join(folder, "left.sqlite");
  for (const end of ["", "-wal"]) await copyFile(`${path}${end}`, `${left}${end}`);
  await database.close();
  const bytes = () => Promise.all(["", "-wal"].map((end) => readFile(`${left}${end}`)));
  const before = await bytes();
  expect(await inspectSqlite(left)).toEqual({ collections: 1, entries: 300 });
  expect(await bytes()).toEqual(before);
});

test("a log without its database is reported", async () => {
  const database = await filled();
  const left = join(folder, "left.sqlite");
  await copyFile(`${path}-wal`, `${left}-wal`);
  await database.close();
  await expect(inspectSqlite(left)).rejects.toMatchObject({ got: expect.stringContaining("its log") });
});

test("one that a server has open is blocked", async () => {
  const database = await filled();
  await expect(inspectSqlite(path)).rejects.toMatchObject({ code: "storage-blocked" });
  await database.close();
});

test.each([
  ["overwritten in the middle", async () => overwrite(Math.floor((await stat(path)).size / 8192) * 4096)],
  ["overwritten at its beginning", () => overwrite(0)],
  ["cut off", () => truncate(path, 12_288)],
  ["no database", () => writeFile(path, "a text")],
  ["emptied beside its reserve", () => truncate(path, 0).then(() => writeFile(`${path}-reserve`, "U"))],
])("one that is %s is damaged", async (_, harm) => {
  await (await filled()).close();
  await harm();
  const damage = { code: "storage-failed", got: expect.stringContaining("which is damaged") };
  await expect(inspectSqlite(path)).rejects.toMatchObject(damage);
});

test("an empty file is a database without collections, and a folder is none", async () => {
  await writeFile(path, "");
  expect(await inspectSqlite(path)).toEqual({ collections: 0, entries: 0 });
  await rm(path);
  await mkdir(path);
  await expect(inspectSqlite(path)).rejects.toMatchObject({ code: "storage-failed" });
});

async function overwrite(at: number): Promise<void> {
  const file = await open(path, "r+");
  await file.write(new Uint8Array(8192).fill(0xa5), 0, 8192, at);
  await file.close();
}
