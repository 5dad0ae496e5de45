import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { damaged } from "./sqlite-error.ts";

/**
 * Fails with `storage-failed` if the database file is empty but files of an opened database are beside it. SQLite would take it for a
 * new database and drop the log. A process that dies while it creates the file leaves no such files.
 */
export async function assertNotEmptied(path: string): Promise<void> {
  if ((await sizeOf(path)) !== 0) return;
  const made = [`${path}-wal`, `${path}-reserve`, ...(await snapshotsBeside(path))];
  for (const file of made) {
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
