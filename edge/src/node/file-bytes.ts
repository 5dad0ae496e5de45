import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type ByteStore, closedError, PipitError } from "@pipit/core";
import { makeFolder } from "./make-folder.ts";
import { NO_ROOM } from "./refuses-bytes.ts";

/**
 * Each write waits for a turn of the event loop, which takes long under load. Large blocks need few writes, so that the caller, which
 * blocks changes of its data meanwhile, is done early.
 */
const BLOCK_BYTES = 4 << 20;

/**
 * A ByteStore of files, one per key. A file's name is the hash of its key, so that a key may hold any character and cannot
 * leave the folder. A write goes to a temporary file, is synced and then renamed: a reader sees the old bytes or the new. Failures of the
 * file system are `storage-failed` or `storage-full`.
 */
export async function openFileBytes(folder: string): Promise<ByteStore> {
  await makeFolder(folder);
  await sweep(folder);
  return new FileBytes(folder);
}

/** Temporary files that this process is writing: another holder of the folder must not take them for those of one that was killed. */
const WRITING = new Set<string>();

class FileBytes implements ByteStore {
  readonly #folder: string;
  #closed = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async getMany(keys: readonly string[]): Promise<(Uint8Array<ArrayBuffer> | undefined)[]> {
    this.#assertOpen();
    return Promise.all(keys.map((key) => readIfThere(this.#path(key))));
  }

  async putMany(records: readonly (readonly [key: string, bytes: Uint8Array])[]): Promise<void> {
    this.#assertOpen();
    const drafts = records.map(([key, bytes]) => ({
      path: this.#path(key),
      draft: this.#draft(),
      bytes: bytes.slice(),
    }));
    try {
      for (const { draft, bytes } of drafts) await writeSynced(draft, bytes);
      for (const { path, draft } of drafts) await rename(draft, path);
    } catch (error) {
      await Promise.all(drafts.map(({ draft }) => discard(draft)));
      throw fileError(this.#folder, error);
    } finally {
      for (const { draft } of drafts) WRITING.delete(draft);
    }
  }

  /** The pieces are written to the temporary file as they arrive, so that a large record is never complete in memory. */
  async putPieces(key: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    this.#assertOpen();
    const draft = this.#draft();
    try {
      await writeSynced(draft, pieces);
      await rename(draft, this.#path(key));
    } catch (error) {
      await discard(draft);
      throw error instanceof PipitError ? error : fileError(this.#folder, error);
    } finally {
      WRITING.delete(draft);
    }
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    this.#assertOpen();
    await Promise.all(keys.map((key) => deleteFile(this.#path(key))));
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #path(key: string): string {
    return join(this.#folder, createHash("sha256").update(key).digest("hex"));
  }

  #draft(): string {
    const draft = join(this.#folder, `${randomUUID()}.draft`);
    WRITING.add(draft);
    return draft;
  }

  #assertOpen(): void {
    if (!this.#closed) return;
    throw closedError("store");
  }
}

/** Deletes temporary files of a process that was killed. */
async function sweep(folder: string): Promise<void> {
  try {
    const drafts = (await readdir(folder)).filter((name) => name.endsWith(".draft"));
    const left = drafts.map((name) => join(folder, name)).filter((draft) => !WRITING.has(draft));
    await Promise.all(left.map((draft) => rm(draft, { force: true })));
  } catch (error) {
    throw fileError(folder, error);
  }
}

/** A missing file is not a failure. */
async function deleteFile(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    throw fileError(path, error);
  }
}

/** Runs after a failed write, whose error matters more. If deleting fails, the next opening deletes the file. */
async function discard(draft: string): Promise<void> {
  await rm(draft, { force: true }).catch(() => undefined);
}

async function readIfThere(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    const { buffer, byteOffset, byteLength } = await readFile(path);
    return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw fileError(path, error);
  }
}

async function writeSynced(path: string, bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, "wx");
  try {
    for await (const block of bytes instanceof Uint8Array ? [bytes] : inBlocks(bytes)) await writeWhole(file, block);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The pieces joined to blocks. A block is valid until the next is requested. */
async function* inBlocks(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const block = new Uint8Array(BLOCK_BYTES);
  let filled = 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + BLOCK_BYTES - filled);
      block.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < BLOCK_BYTES) break;
      yield block;
      filled = 0;
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}

async function writeWhole(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
}

function fileError(path: string, cause: unknown): PipitError {
  const { code = "" } = cause as { code?: string };
  if (NO_ROOM.has(code)) {
    return new PipitError("storage-full", {
      got: `${code} while writing to ${path}`,
      expected: "free space on the disk",
      do: "Free some space and try again; nothing of the write is kept.",
      cause,
    });
  }
  return new PipitError("storage-failed", {
    got: `"${cause instanceof Error ? cause.message : cause}"`,
    expected: `to read and write files in ${path}`,
    do: "Check that the folder is there and may be written.",
    cause,
  });
}
