import { closedError, PipitError } from "@pipit/core";
import { refusesBytes } from "../refuses-bytes.ts";

const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_NOTADB = 26;

/** SQLite's primary error code, without the bits of the extended code; 0 for other errors. */
function sqliteCode(error: unknown): number {
  const { errcode = 0 } = error as { errcode?: number };
  return errcode & 0xff;
}

/** True if missing disk space may have caused the failure. */
export function mayBeFull(error: unknown): boolean {
  return [SQLITE_FULL, SQLITE_IOERR].includes(sqliteCode(error));
}

/** A failure of the database in the file at `path`, as a `PipitError`. */
export function storageError(path: string, cause: unknown): PipitError {
  const message = cause instanceof Error ? cause.message : String(cause);
  switch (sqliteCode(cause)) {
    case SQLITE_FULL:
      return full(path, cause);
    case SQLITE_IOERR:
      if (refusesBytes(path)) return full(path, cause);
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return held(path, cause);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return damaged(path, `"${message}"`, cause);
  }
  if (message.includes("not open")) return closedError("database");
  return new PipitError("storage-failed", {
    got: `"${message}" from ${path}`,
    expected: "the database to answer",
    do: "Check the disk and the file's permissions, then try again.",
    cause,
  });
}

/** The error for a file that lost acknowledged entries; `how` describes how that was detected. */
export function damaged(path: string, how: string, cause?: unknown): PipitError {
  return new PipitError("storage-failed", {
    got: `${path}, which is damaged (${how})`,
    expected: "the file as it was written",
    do: "Entries may be missing. Restore its folder from a backup, or move the folder away to begin with an empty one.",
    cause,
  });
}

/** The error for a write to a file that was moved or deleted. */
export function displaced(path: string): PipitError {
  return new PipitError("storage-failed", {
    got: `a write to ${path}, which was deleted, moved or replaced since it was opened`,
    expected: "the file that was opened, in its place",
    do: "Put the folder back or choose another, and start the server again. Nothing of this write is kept.",
  });
}

function full(path: string, cause: unknown): PipitError {
  return new PipitError("storage-full", {
    got: `no room for the write in ${path}`,
    expected: "free space on the disk",
    do: "Free some space or remove entries, then write again. What was stored before is there.",
    cause,
  });
}

function held(path: string, cause: unknown): PipitError {
  return new PipitError("storage-blocked", {
    got: `${path}, which another process holds`,
    expected: "one server for one data folder",
    do: "Stop the other server, or give this one a data folder of its own.",
    cause,
  });
}
