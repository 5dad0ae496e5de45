import { accessSync, constants } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { PipitError } from "@pipit/core";
import { assertNotEmptied, assertUnused } from "./emptied-file.ts";
import { damaged, storageError } from "./sqlite-error.ts";

export interface DatabaseFacts {
  readonly collections: number;
  readonly entries: number;
}

/**
 * Reads every page of a server's database, and changes nothing. Fails as opening it does: with `storage-blocked` while a server has it
 * open, and with `storage-failed` if it is damaged or this user may not write it.
 */
export async function inspectSqlite(path: string): Promise<DatabaseFacts> {
  await assertNotEmptied(path);
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch (cause) {
    throw notMine(path, cause);
  }
  try {
    const database = new DatabaseSync(path, { readOnly: true });
    try {
      return await factsOf(database, path);
    } finally {
      database.close();
    }
  } catch (cause) {
    throw cause instanceof PipitError ? cause : storageError(path, cause);
  }
}

async function factsOf(database: DatabaseSync, path: string): Promise<DatabaseFacts> {
  const found = database.prepare("PRAGMA quick_check(1)").get()?.quick_check;
  if (found !== "ok") throw damaged(path, String(found));
  if (!database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'collections'").get()) {
    await assertUnused(path);
    return { collections: 0, entries: 0 };
  }
  const { collections, entries } = database
    .prepare("SELECT count(*) AS collections, coalesce(sum(count), 0) AS entries FROM collections")
    .get() as { collections: number; entries: number };
  return { collections, entries };
}

function notMine(path: string, cause: unknown): PipitError {
  return new PipitError("storage-failed", {
    got: `${path}, which this user may not read and write`,
    expected: "a database of the user that runs the server",
    do: "Run as the user that it belongs to, give this one the right to it, or name another folder.",
    cause,
  });
}
