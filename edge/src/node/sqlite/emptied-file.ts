import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { damaged } from "./sqlite-error.ts";

/** SQLite's log of the database at `path`: writes that are not in the database file yet. */
export const logOf = (path: string) => `${path}-wal`;

/**
 * Fails with `storage-failed` if the database file is empty but files of an opened database are beside it, or if it is missing beside a log
 * that is not empty. SQLite would take it for a new database and drop the log. A process that is killed while it creates the file leaves no
 * such files.
 */
export async function assertNotEmptied(path: string): Promise<void> {
  const size = await sizeOf(path);
  if (size === undefined && ((await sizeOf(logOf(path))) ?? 0) > 0) {
    throw damaged(path, `it is missing, and its log ${logOf(path)} is there`);
  }
  if (size === 0) await assertUnused(path, [logOf(path)]);
}

/**
 * Fails with `storage-failed` if files beside an empty database prove that it had content, which may have been in a log that is missing now.
 * `also`: further files that would prove it.
 */
export async function assertUnused(path: string, also: readonly string[] = []): Promise<void> {
  for (const file of [...also, `${path}-reserve`, ...(await snapshotsBeside(path))]) {
    if (((await sizeOf(file)) ?? 0) > 0) throw damaged(path, `it is empty, and ${file} is not`);
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
}

async function snapshotsBeside(path: string): Promise<string[]> {
  const folder = join(dirname(path), "snapshots");
  const names = await readdir(folder).catch(() => []);
  return names.map((name) => join(folder, name));
}
