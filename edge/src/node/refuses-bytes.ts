import { closeSync, openSync, rmSync, statSync, writeSync } from "node:fs";

const BLOCK = new Uint8Array(64 * 1024).fill(0x55);
/** The disk is full, the quota used up, or the file larger than the process may write. */
export const NO_ROOM: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/**
 * True if the disk takes no more bytes beside the database at `path`, or in a file of the length of its longest file. SQLite reports only
 * ENOSPC as a full disk. A used-up quota and the size limit of a file appear as "disk I/O error", like a broken disk.
 */
export function refusesBytes(path: string): boolean {
  const probe = `${path}-probe`;
  const longest = Math.max(
    ...[path, `${path}-wal`].map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0),
  );
  try {
    return written(probe, longest) < BLOCK.length;
  } catch (error) {
    return NO_ROOM.has((error as { code?: unknown }).code);
  } finally {
    rmSync(probe, { force: true });
  }
}

/** Writes a block after a hole of `hole` bytes. */
function written(path: string, hole: number): number {
  const file = openSync(path, "w");
  try {
    return writeSync(file, BLOCK, 0, BLOCK.length, hole);
  } finally {
    closeSync(file);
  }
}
