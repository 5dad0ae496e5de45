import type { StoredEntry } from "@pipit/core";
import { BAG_SPACE } from "@pipit/test/fixtures/bag-embedder";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openSqlite } from "../node/sqlite/sqlite.ts";
import { type SqlDatabase, sql } from "./sql-database.ts";
import { prepareDatabase } from "./sql-schema.ts";
import { openSqlStore } from "./sql-store.ts";

let database: SqlDatabase;
beforeEach(async () => {
  database = await openSqlite(":memory:");
});
afterEach(() => database.close());

/** As older versions made the tables. */
async function takeAway(...columns: readonly (readonly [table: string, column: string])[]): Promise<void> {
  await database.batch(columns.map(([table, column]) => sql(`ALTER TABLE ${table} DROP COLUMN ${column}`)));
}

const ALL = [
  ["collections", "pruned"],
  ["entries", "tokens"],
] as const;

async function columnsOf(table: string): Promise<unknown[]> {
  const [rows = []] = await database.batch([sql(`SELECT name FROM pragma_table_info('${table}')`)]);
  return rows.map(({ name }) => name);
}

const entry = (id: string, row: number): StoredEntry => ({
  id,
  text: id,
  fields: {},
  passages: [{ row, start: 0, end: 1 }],
  vectors: new Float32Array(BAG_SPACE.dimensions).fill(0.125),
  tokens: { space: "0".repeat(32), counts: [2], bits: Uint8Array.of(row, 1, 2, 3) },
  producer: "bag",
  provisional: false,
});

test.each([[ALL], [ALL.slice(0, 1)], [ALL.slice(1)]])(
  "an older database without %j gets its columns",
  async (missing) => {
    await takeAway(...missing);
    await prepareDatabase(database);
    for (const [table, column] of ALL) expect((await columnsOf(table)).at(-1)).toBe(column);
    const store = await openSqlStore(database, "docs", BAG_SPACE);
    await store.write({ put: [entry("a", 0)] });
    expect(await store.getMany(["a"])).toEqual([entry("a", 0)]);
  },
);

test("isolates that open an older database at the same time all get it with its columns", async () => {
  await takeAway(...ALL);
  await Promise.all([prepareDatabase(database), prepareDatabase(database), prepareDatabase(database)]);
  for (const [table, column] of ALL) expect((await columnsOf(table)).at(-1)).toBe(column);
});

test("a failure to add a column is told", async () => {
  await takeAway(...ALL);
  const batch = database.batch.bind(database);
  const failure = new Error("no connection");
  vi.spyOn(database, "batch").mockImplementationOnce(batch).mockRejectedValueOnce(failure);
  await expect(prepareDatabase(database)).rejects.toBe(failure);
});

test("the token vectors of a removed entry take no room", async () => {
  const store = await openSqlStore(database, "docs", BAG_SPACE);
  await store.write({ put: [entry("a", 0), entry("b", 1)] });
  await store.write({ remove: ["a"] });
  const [rows] = await database.batch([sql("SELECT id, tokens IS NULL AS empty FROM entries ORDER BY id")]);
  expect(rows).toEqual([
    { id: "a", empty: 1 },
    { id: "b", empty: 0 },
  ]);
});

test("an entry that an older Pipit has put again meanwhile is read without the token vectors of its former text", async () => {
  const store = await openSqlStore(database, "docs", BAG_SPACE);
  await store.write({ put: [entry("a", 0), entry("b", 1)] });
  // The older version does not know the column.
  await database.batch([sql("UPDATE entries SET text = 'new', passages = '[[2,0,3]]' WHERE id = 'a'")]);
  await database.batch([sql("UPDATE entries SET fields = '{\"new\":true}' WHERE id = 'b'")]);
  const [a, b] = await store.getMany(["a", "b"]);
  expect(a).toMatchObject({ text: "new" });
  expect(a).not.toHaveProperty("tokens");
  expect(b).toEqual({ ...entry("b", 1), fields: { new: true } });
});
