import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SqueezedFiles } from "./squeezed-files.ts";

let folder: string;
let path: string;
let files: SqueezedFiles;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pipit-squeezed-"));
  path = join(folder, "script.js");
  files = new SqueezedFiles();
  await writeFile(path, "one");
});
afterEach(() => rm(folder, { recursive: true }));

const gzip = (etag: string) => files.bytes({ path, etag, encoding: "gzip" });
const text = async (bytes: Promise<Uint8Array>) => gunzipSync(await bytes).toString();

test("a version of a file is compressed once in each encoding", async () => {
  const first = gzip("1");
  const brotli = files.bytes({ path, etag: "1", encoding: "br" });
  expect(await gzip("1")).toBe(await first);
  expect([await text(first), brotliDecompressSync(await brotli).toString()]).toEqual(["one", "one"]);
});

test("a new version replaces the old one", async () => {
  await gzip("1");
  await writeFile(path, "two");
  expect(await text(gzip("1"))).toBe("one");
  expect(await text(gzip("2"))).toBe("two");
});

test("a file that could not be read is tried again", async () => {
  await rm(path);
  await expect(gzip("1")).rejects.toMatchObject({ code: "ENOENT" });
  await writeFile(path, "one");
  expect(await text(gzip("1"))).toBe("one");
});
