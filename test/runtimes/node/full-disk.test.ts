import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEngine, exactIndex, openCollection } from "@pipit/core";
import { openSqlite, openSqlStore } from "@pipit/edge/node";
import { afterAll, expect, test } from "vitest";
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
afterAll(() => {
  if ("why" in disk) return;
  execFileSync("umount", ["-l", disk.folder]);
  rmSync(disk.folder, { recursive: true });
});

const name = "a disk that is full lets entries be removed, and takes new ones in their place";
const why = "why" in disk ? ` (skipped: ${disk.why})` : "";

test.skipIf("why" in disk)(`${name}${why}`, async () => {
  const database = await openSqlite(join((disk as { folder: string }).folder, "pipit.sqlite"));
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
