import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { damaged } from "./sqlite-error.ts";

/**
 * Fails with `storage-failed` where the file holds nothing and what is made beside a database that was opened does: SQLite would
 * take it for a new one, and drop its log. A process that dies while it makes the file leaves nothing beside it.
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
