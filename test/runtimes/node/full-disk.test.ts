import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEngine, exactIndex, openCollection } from "@pipit/core";
import { openFileBytes, openSqlite, openSqlStore } from "@pipit/edge/node";
import { afterAll, afterEach, expect, test } from "vitest";
import { BAG_SPACE, createBagEmbedder } from "../../fixtures/bag-embedder.ts";

/** A file system of three megabytes, or why there is none. */
function smallDisk(): { readonly folder: string } | { readonly why: string } {
  const folder = mkdtempSync(join(tmpdir(), "pipit-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=3m", "tmpfs", folder], { stdio: "pipe" });
    return { folder };
  } catch (error) {
    rmSync(folder, { recursive: true });
    return { why: `no file system can be mounted here (${(error as Error).message.split("\n")[0]})` };
  }
}

const disk = smallDisk();
const { folder = "" } = disk as { folder?: string };
afterEach(async () => {
  for (const name of folder === "" ? [] : await readdir(folder)) await rm(join(folder, name), { recursive: true });
});
afterAll(() => {
  if ("why" in disk) return;
  execFileSync("umount", ["-l", disk.folder]);
  rmSync(disk.folder, { recursive: true });
});

const why = "why" in disk ? ` (skipped: ${disk.why})` : "";
const testOnDisk = (name: string, work: () => Promise<void>) => test.skipIf("why" in disk)(`${name}${why}`, work);

testOnDisk("a disk that is full lets entries be removed, and takes new ones in their place", async () => {
  const database = await openSqlite(join(folder, "pipit.sqlite"));
  const open = async () => {
    const collection = await openCollection({
      store: await openSqlStore(database, "birds", BAG_SPACE),
      index: exactIndex,
    });
    return createEngine({ collection, embedder: createBagEmbedder(), backend: "js", why: "test" });
  };
  const engine = await open();
  const birds = (from: string) =>
    Array.from({ length: 20_000 }, (_, i) => ({ id: `${from}${i}`, text: `bird ${from} ${i}` }));
  const { code, stored } = await engine.add(birds("a")).then(
    () => ({ code: "all stored", stored: 0 }),
    (error) => error,
  );
  expect(code).toBe("storage-full");
  expect((await engine.stats()).entries).toBe(stored);
  expect(await engine.remove(["a0", "a1"])).toBe(2);
  expect(await engine.remove(birds("a").map(({ id }) => id))).toBe(stored - 2);
  await engine.add(birds("b").slice(0, stored / 2));
  const again = await open();
  expect((await again.ids()).every((id) => id.startsWith("b"))).toBe(true);
  expect((await again.stats()).entries).toBe(Math.floor(stored / 2));
  await engine.close();
  await again.close();
  await database.close();
});

testOnDisk("a record that a disk has no room for is refused whole, and the old one stays", async () => {
  const snapshots = join(folder, "snapshots");
  const store = await openFileBytes(snapshots);
  await store.putMany([["a", Uint8Array.of(1)]]);
  const piece = new Uint8Array(1 << 20);
  async function* pieces() {
    for (let i = 0; i < 4; i++) yield piece;
  }
  const full = { code: "storage-full", got: expect.stringContaining("ENOSPC") };
  await expect(store.putMany(["a", "b", "c", "d"].map((key) => [key, piece] as const))).rejects.toMatchObject(full);
  await expect(store.putPieces("a", pieces())).rejects.toMatchObject(full);
  expect(await store.getMany(["a"])).toEqual([Uint8Array.of(1)]);
  expect(await readdir(snapshots)).toHaveLength(1);
  await store.close();
});
