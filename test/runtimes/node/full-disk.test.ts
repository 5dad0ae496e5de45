import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { doctor } from "@pipit/cli/doctor";
import { createEngine, exactIndex, openCollection } from "@pipit/core";
import { openFileBytes, openSqlite, openSqlStore } from "@pipit/edge/node";
import { afterAll, expect, test } from "vitest";
import { BAG_SPACE, createBagEmbedder } from "../../fixtures/bag-embedder.ts";

interface Disk {
  readonly folder: string;
  /** The reason why there is no disk. */
  readonly why?: string | undefined;
}

/** A file system in memory. */
function disk(options: string): Disk {
  const folder = mkdtempSync(join(tmpdir(), "pipit-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder], { stdio: "pipe" });
    return { folder };
  } catch (error) {
    rmSync(folder, { recursive: true });
    return { folder, why: `no file system can be mounted here (${(error as Error).message.split("\n")[0]})` };
  }
}

const disks: Disk[] = [];
afterAll(() => {
  for (const { folder, why } of disks) {
    if (why) continue;
    execFileSync("umount", ["-l", folder]);
    rmSync(folder, { recursive: true });
  }
});

/** A test on a disk of its own; a skip states the reason why there can be none. */
function testOn(options: string, name: string, work: (folder: string) => Promise<void>) {
  const { folder, why } = disk(options);
  disks.push({ folder, why });
  test.skipIf(why)(why ? `${name} (skipped: ${why})` : name, () => work(folder));
}

const SMALL = "size=3m";

testOn(SMALL, "a disk that is full lets entries be removed, and takes new ones in their place", async (folder) => {
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

testOn(SMALL, "a record that a disk has no room for is refused whole, and the old one stays", async (folder) => {
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

testOn("ro", "a folder on a disk that is only read is refused before anything is written", async (folder) => {
  await expect(openFileBytes(folder)).rejects.toMatchObject({
    code: "storage-failed",
    got: expect.stringContaining("cannot be written to"),
  });
});

testOn("nr_inodes=1", "a folder that a disk has no room for is refused as such", async (folder) => {
  await expect(openFileBytes(join(folder, "snapshots"))).rejects.toMatchObject({
    code: "storage-full",
    got: expect.stringContaining("on a disk without room"),
  });
});

testOn("size=64k", "doctor says that a disk without a free byte takes none", async (folder) => {
  // The last files find no room, which is intended.
  for (let i = 0; i < 100; i++) await writeFile(join(folder, `filler-${i}`), new Uint8Array(4096)).catch(() => {});
  const lines: string[] = [];
  await doctor.run({ verb: undefined, options: { data: folder, port: "0" } }, (line) => void lines.push(line));
  expect(lines.join("\n")).toMatch(/^missing {2}data folder .* refuses bytes \(ENOSPC\)/m);
  expect((await readdir(folder)).filter((name) => name.startsWith("."))).toEqual([]);
});
