import { access, constants, mkdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { PipitError } from "@pipit/core";
import { NO_ROOM } from "./refuses-bytes.ts";

/**
 * Makes a missing folder and its parents, and checks that this process may write to it. Fails with `storage-failed` or `storage-full`.
 * Node's recursive `mkdir` does not end in a folder such as /proc, which refuses a new folder with the code for a missing parent.
 */
export async function makeFolder(path: string, advice = "Name another folder."): Promise<void> {
  try {
    await made(resolve(path));
    await access(path, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw refusal(path, cause as NodeJS.ErrnoException, advice);
  }
}

async function made(path: string): Promise<void> {
  const code = await tried(path);
  if (code === undefined) return;
  const above = dirname(path);
  if (code !== "ENOENT" || above === path) return mkdir(path);
  await made(above);
  // Another process may have made it meanwhile.
  if ((await tried(path)) !== undefined) await mkdir(path);
}

/** Undefined if the folder exists, else the system's error code. */
async function tried(path: string): Promise<string | undefined> {
  try {
    await mkdir(path);
    return undefined;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    const found = code === "ENOENT" ? undefined : await stat(path).catch(() => undefined);
    return found?.isDirectory() ? undefined : code;
  }
}

/** The reason why a folder cannot be made, by the system's error code. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: "which this user may not write to",
  EPERM: "which this user may not write to",
  EROFS: "which cannot be written to",
  EEXIST: "where a file lies",
  ENOTDIR: "which leads through a file",
  ENOENT: "where no folder can be made",
  ENAMETOOLONG: "whose name is too long",
  ELOOP: "which leads round in a circle",
};

function refusal(path: string, cause: NodeJS.ErrnoException, advice: string): PipitError {
  const { code = "" } = cause;
  const isFull = NO_ROOM.has(code);
  const reason = isFull ? "on a disk without room" : (REASONS[code] ?? `(${cause.message})`);
  return new PipitError(isFull ? "storage-full" : "storage-failed", {
    got: `the folder ${path}, ${reason}`,
    expected: "a folder that this process may make and write to",
    do: advice,
    cause,
  });
}
