import { PipitError, type Space } from "@pipit/core";
import { type SqlDatabase, type SqlStatement, sql } from "./sql-database.ts";

const SCHEMA_VERSION = 1;

/**
 * A removed entry stays as a tombstone (gone = 1), so that holders of an older state learn of it. In a full database the row is
 * deleted, which needs no page, and `pruned` stores the sequence: a holder at an older sequence gets the list of present ids.
 * `turn` is a fencing token: a write with an expired lease sets it to NULL, which NOT NULL refuses.
 */
const TABLES = [
  "CREATE TABLE IF NOT EXISTS pipit (version INTEGER NOT NULL)",
  `INSERT INTO pipit (version) SELECT ${SCHEMA_VERSION} WHERE NOT EXISTS (SELECT 1 FROM pipit)`,
  `CREATE TABLE IF NOT EXISTS collections (
    name TEXT PRIMARY KEY, space TEXT NOT NULL, space_name TEXT NOT NULL, dimensions INTEGER NOT NULL,
    created INTEGER NOT NULL, sequence INTEGER NOT NULL DEFAULT 0, next_row INTEGER NOT NULL DEFAULT 0,
    count INTEGER NOT NULL DEFAULT 0, turn INTEGER NOT NULL DEFAULT 0, holder TEXT, held_until REAL,
    pruned INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS entries (
    collection TEXT NOT NULL, id TEXT NOT NULL, sequence INTEGER NOT NULL, gone INTEGER NOT NULL DEFAULT 0,
    text TEXT NOT NULL, fields TEXT NOT NULL, passages TEXT NOT NULL, vectors BLOB NOT NULL,
    producer TEXT NOT NULL, provisional INTEGER NOT NULL, tokens BLOB, UNIQUE (collection, id))`,
  "CREATE INDEX IF NOT EXISTS changes ON entries (collection, sequence, id)",
];

/** Columns that older databases lack. */
const ADDED_COLUMNS: readonly AddedColumn[] = [
  { table: "collections", column: "pruned", type: "INTEGER NOT NULL DEFAULT 0" },
  { table: "entries", column: "tokens", type: "BLOB" },
];

interface AddedColumn {
  readonly table: string;
  readonly column: string;
  readonly type: string;
}

/** Makes missing tables and columns. Fails with `storage-outdated` on a database of another version. */
export async function prepareDatabase(database: SqlDatabase): Promise<void> {
  const answers = await database.batch([...TABLES.map((text) => sql(text)), ...QUESTIONS]);
  const [version, ...tables] = answers.slice(TABLES.length).map(([row]) => row);
  if (version?.version !== SCHEMA_VERSION) throw outdated(version?.version);
  for (const [i, added] of ADDED_COLUMNS.entries())
    if (!`${tables[i]?.sql}`.includes(added.column)) await addColumn(database, added);
}

const QUESTIONS = [
  sql("SELECT version FROM pipit"),
  ...ADDED_COLUMNS.map(({ table }) => sql("SELECT sql FROM sqlite_master WHERE name = ?", table)),
];

/** Another isolate may have added the column meanwhile. */
async function addColumn(database: SqlDatabase, { table, column, type }: AddedColumn): Promise<void> {
  try {
    await database.batch([sql(`ALTER TABLE ${table} ADD COLUMN ${column} ${type}`)]);
  } catch (error) {
    if (!/duplicate column/i.test(`${error}`)) throw error;
  }
}

function outdated(version: unknown): PipitError {
  return new PipitError("storage-outdated", {
    got: `a database of version ${version}`,
    expected: `version ${SCHEMA_VERSION}`,
    do: "Open it with the Pipit that wrote it, or point Pipit at an empty folder and add the entries again.",
  });
}

/** `created` identifies a collection in its snapshots. Two collections of one database differ by a millisecond at least. */
export function insertCollection(name: string, space: Space): SqlStatement {
  return sql(
    `INSERT INTO collections (name, space, space_name, dimensions, created) VALUES (?, ?, ?, ?,
       max(unixepoch('subsec'), coalesce((SELECT max(created) + .001 FROM collections), 0)))
     ON CONFLICT (name) DO NOTHING RETURNING name`,
    name,
    space.id,
    space.name,
    space.dimensions,
  );
}
