import { mkdir, mkdtemp, open, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ByteStore } from "@pipit/core";
import { openFileBytes } from "@pipit/edge/node";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { byteStoreContract } from "./byte-store.ts";

byteStoreContract("files", async () => openFileBytes(await mkdtemp(join(tmpdir(), "pipit-bytes-"))));

let folder: string;
let store: ByteStore;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "pipit-bytes-")), "snapshots");
  store = await openFileBytes(folder);
});
afterEach(async () => {
  await store.close();
  await rm(join(folder, ".."), { recursive: true });
});

describe("bytes in files", () => {
  test("a key that looks like a path stays inside the folder", async () => {
    await store.putMany([["../../etc/passwd", Uint8Array.of(1)]]);
    expect(await readdir(join(folder, ".."))).toEqual(["snapshots"]);
    expect(await store.getMany(["../../etc/passwd"])).toEqual([Uint8Array.of(1)]);
  });

  test("temporary files of a writer that died are deleted at the next opening", async () => {
    await store.putMany([["kept", Uint8Array.of(1)]]);
    await writeFile(join(folder, "0f.draft"), "half a snapshot");
    const again = await openFileBytes(folder);
    expect(await readdir(folder)).toHaveLength(1);
    expect(await again.getMany(["kept"])).toEqual([Uint8Array.of(1)]);
  });

  test("opening the folder again leaves what another holder is writing", async () => {
    const writing = store.putMany(
      Array.from({ length: 3 }, (_, at) => [`${at}`, new Uint8Array(4 << 20).fill(at)] as const),
    );
    for (let opened = 0; opened < 3; opened++) await openFileBytes(folder);
    await writing;
    expect((await store.getMany(["0", "1", "2"])).map((bytes) => bytes?.[7])).toEqual([0, 1, 2]);
    expect((await readdir(folder)).filter((name) => name.endsWith(".draft"))).toEqual([]);
  });

  test("a write that fails leaves the old bytes and no draft", async () => {
    await store.putMany([["a", Uint8Array.of(1)]]);
    const poisoned = {
      slice() {
        throw new Error("gone");
      },
    } as unknown as Uint8Array;
    const writing = store.putMany([
      ["a", Uint8Array.of(2)],
      ["b", poisoned],
    ]);
    await expect(writing).rejects.toThrow("gone");
    expect(await store.getMany(["a"])).toEqual([Uint8Array.of(1)]);
    expect(await readdir(folder)).toHaveLength(1);
  });

  test("a record of many pieces is written in few turns of the event loop, and whole", async () => {
    const [count, length] = [2000, 4999];
    const piece = new Uint8Array(length);
    const many = async function* () {
      // Each piece is valid until the next is requested, like views of an index's memory.
      for (let i = 0; i < count; i++) yield piece.fill(i);
    };
    let turns = 0;
    // Turns are long, as under load, so that there are few of them during one write.
    const counting = () => {
      turns++;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
      next = setImmediate(counting);
    };
    let next = setImmediate(counting);
    await store.putPieces("many", many());
    clearImmediate(next);
    // A slow disk takes turns too, so the limit allows for a second.
    expect(turns).toBeLessThan(count / 2);
    const [bytes] = await store.getMany(["many"]);
    const expected = Uint8Array.from({ length: count * length }, (_, i) => Math.floor(i / length));
    expect(Buffer.compare(bytes!, expected)).toBe(0);
  });

  const pieces = async function* () {
    yield Uint8Array.of(2);
  };
  test.each([
    ["putMany", () => store.putMany([["a", Uint8Array.of(2)]])],
    ["putPieces", () => store.putPieces("a", pieces())],
  ])("%s that cannot replace the old file leaves no draft", async (_, put) => {
    await store.putMany([["a", Uint8Array.of(1)]]);
    const [name = ""] = await readdir(folder);
    await rm(join(folder, name));
    await mkdir(join(folder, name));
    await expect(put()).rejects.toMatchObject({ code: "storage-failed" });
    expect(await readdir(folder)).toEqual([name]);
  });

  test.each([
    ["putMany", () => store.putMany([["a", Uint8Array.of(2)]])],
    ["putPieces", () => store.putPieces("a", pieces())],
  ])("%s is on disk before it takes the record's name, and leaves no file open", async (_, put) => {
    const handle = await open(folder);
    await handle.close();
    const sync = vi.spyOn(Object.getPrototypeOf(handle), "sync").mockRejectedValue(new Error("not on disk"));
    await expect(put()).rejects.toThrow("not on disk");
    expect(await store.getMany(["a"])).toEqual([undefined]);
    sync.mockRestore();
    const files = (await readdir("/dev/fd")).length;
    await put();
    expect(await readdir("/dev/fd")).toHaveLength(files);
  });

  test("a record that cannot be deleted is a failure of the storage, which names it", async () => {
    await store.putMany([["a", Uint8Array.of(1)]]);
    const [name = ""] = await readdir(folder);
    await rm(join(folder, name));
    await mkdir(join(folder, name));
    const deleting = store.deleteMany(["a"]);
    await expect(deleting).rejects.toMatchObject({ code: "storage-failed" });
    await expect(deleting).rejects.toThrow(/snapshots/);
  });

  test("a draft that cannot be swept away is a failure of the storage, which names the folder", async () => {
    await mkdir(join(folder, "0f.draft"));
    const opening = openFileBytes(folder);
    await expect(opening).rejects.toMatchObject({ code: "storage-failed" });
    await expect(opening).rejects.toThrow(/snapshots/);
  });

  test.each([
    ["putMany", () => store.putMany([["a", Uint8Array.of(1)]])],
    ["putPieces", () => store.putPieces("a", pieces())],
    ["getMany", () => store.getMany(["a"])],
    ["deleteMany", () => store.deleteMany(["a"])],
  ])("%s where a file took the folder's place is a failure of the storage", async (_, call) => {
    await rm(folder, { recursive: true });
    await writeFile(folder, "");
    await expect(call()).rejects.toMatchObject({ code: "storage-failed" });
  });

  test("a folder that is gone is named, with what to do", async () => {
    await rm(folder, { recursive: true });
    const writing = store.putMany([["a", Uint8Array.of(1)]]);
    await expect(writing).rejects.toMatchObject({ code: "storage-failed" });
    await expect(writing).rejects.toThrow(/snapshots/);
  });
});
