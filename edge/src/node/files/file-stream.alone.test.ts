import { type FileHandle, mkdtemp, open, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fileStream } from "./file-stream.ts";

const SIZE = 600_000;

let folder: string;
let path: string;
let file: FileHandle;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pipit-stream-"));
  path = join(folder, "file");
  await writeFile(path, new Uint8Array(SIZE).fill(7));
  file = await open(path);
});
afterEach(() => rm(folder, { recursive: true }));

const isClosed = () => file.fd === -1;

test("a range is read in pieces, and the file is closed after the last", async () => {
  const reader = fileStream(file, { start: 10, end: SIZE - 11 }).getReader();
  const lengths: number[] = [];
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) lengths.push(piece.value.length);
  expect(lengths).toEqual([262_144, 262_144, SIZE - 20 - 2 * 262_144]);
  expect(isClosed()).toBe(true);
});

test("a caller that leaves closes the file", async () => {
  const reader = fileStream(file, { start: 0, end: SIZE - 1 }).getReader();
  await reader.read();
  expect(isClosed()).toBe(false);
  await reader.cancel();
  expect(isClosed()).toBe(true);
});

test("a file that became shorter fails the stream, and is closed", async () => {
  const reader = fileStream(file, { start: 0, end: SIZE - 1 }).getReader();
  await truncate(path, 0);
  await expect(reader.read()).rejects.toThrow("became shorter");
  expect(isClosed()).toBe(true);
});

test("a file that can be neither read nor closed fails with the reason of the reading", async () => {
  const close = file.close.bind(file);
  file.close = async () => {
    await close();
    throw new Error("cannot be closed");
  };
  await truncate(path, 0);
  await expect(fileStream(file, { start: 0, end: 9 }).getReader().read()).rejects.toThrow("became shorter");
});

test("of many streams few read at a time, so that their pieces are not all sent in one turn", async () => {
  const files = await Promise.all(Array.from({ length: 20 }, () => open(path)));
  let [reading, most] = [0, 0];
  for (const each of files) {
    const read = each.read.bind(each) as (...args: unknown[]) => Promise<unknown>;
    each.read = (async (...args: unknown[]) => {
      most = Math.max(most, ++reading);
      return read(...args).finally(() => reading--);
    }) as typeof each.read;
  }
  const bodies = files.map((each) => new Response(fileStream(each, { start: 0, end: SIZE - 1 })).bytes());
  expect((await Promise.all(bodies)).map(({ length }) => length)).toEqual(files.map(() => SIZE));
  expect(most).toBe(4);
  await file.close();
});
