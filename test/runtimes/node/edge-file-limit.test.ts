import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEdgeEngine } from "@pipit/edge/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ServerProcess, startServerProcess } from "../../fixtures/server-process.ts";

let folder: string;
let server: ServerProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pipit-file-limit-"));
  server = await startServerProcess({ PIPIT_DATA: folder });
});
afterAll(async () => {
  await server.end();
  await rm(folder, { recursive: true });
});

const notes = (from: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({ id: `${from}${i}`, text: `note ${from} ${i} about larks` }));

test("a server whose files may grow no more refuses writes as on a full disk, and removes", async () => {
  const engine = createEdgeEngine({ url: server.url, collection: "notes", create: "if-missing" });
  await engine.add(notes("a", 600));
  const sizes = ["", "-wal"].map(async (end) => (await stat(join(folder, `pipit.sqlite${end}`))).size);
  server.letFilesGrow(Math.max(...(await Promise.all(sizes))));
  const { code, stored } = await engine.add(notes("b", 3000)).then(
    () => ({ code: "all stored", stored: 0 }),
    (error) => error,
  );
  expect(code).toBe("storage-full");
  expect((await engine.stats()).entries).toBe(600 + stored);
  expect(await engine.remove(notes("a", 600).map(({ id }) => id))).toBe(600);
  expect((await engine.stats()).entries).toBe(stored);

  server.letFilesGrow(1 << 30);
  await engine.add(notes("c", 100));
  expect((await engine.search("note c 7", { k: 1 })).hits[0]?.id).toMatch(/^c/);
  expect((await readdir(folder)).filter((name) => /probe/.test(name))).toEqual([]);
  expect(server.errors()).toBe("");
});
