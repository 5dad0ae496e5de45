import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type CollectionParts, createEngine, type IndexKind, openCollection } from "@pipit/core";
import { openFileBytes, openSqlite, openSqlStore } from "@pipit/edge/node";
import { loadIndex } from "@pipit/wasm/node";
import { afterEach, expect, test } from "vitest";
import { BAG_SPACE, createBagEmbedder } from "../fixtures/bag-embedder.ts";
import { PICTURES } from "../fixtures/further-space.ts";

/** A database, and its snapshot of version 3 without the last entry, as the version before the index of words wrote them. */
const STORED = fileURLToPath(new URL("../fixtures/stored", import.meta.url));
/** The same of the version before entries had media, with a snapshot of version 4: the entry "late" was written after it. */
const STORED_TEXTS = fileURLToPath(new URL("../fixtures/stored-texts", import.meta.url));

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function copied(stored = STORED): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "pipit-stored-"));
  folders.push(folder);
  await cp(stored, folder, { recursive: true });
  return folder;
}

async function openStored(folder: string, index: IndexKind, others: Partial<CollectionParts> = {}) {
  const database = await openSqlite(join(folder, "pipit.sqlite"));
  const snapshots = await openFileBytes(join(folder, "snapshots"));
  const store = await openSqlStore(database, "birds", BAG_SPACE);
  const collection = await openCollection({ store, index, snapshots, snapshotKey: "birds", ...others });
  const engine = createEngine({
    collection,
    embedder: createBagEmbedder(),
    backend: "js",
    why: "test",
  });
  return {
    engine,
    collection,
    store,
    async close() {
      await engine.close();
      await database.close();
    },
  };
}

test("a collection that was stored before there was an index of words is found by words and by meaning", async () => {
  const folder = await copied();
  const errors: unknown[] = [];
  const { engine, close } = await openStored(folder, await loadIndex(), {
    onSnapshotError: (error) => errors.push(error),
  });
  expect(await engine.stats()).toMatchObject({ entries: 5, passages: 5 });
  const first = async (query: string) => (await engine.search(query)).hits[0];
  expect(await first("night hunter with silent wings")).toMatchObject({ id: "owl", entry: { fields: { sizeCm: 35 } } });
  expect(await first("brambles")).toMatchObject({ id: "wren", evidence: { coverage: 1 } });
  expect(await first("жаворонок")).toMatchObject({ id: "mixed", match: "words" });
  expect(await first("🍕")).toMatchObject({ id: "case" });
  expect((await engine.search("removed")).hits.map(({ id }) => id)).not.toContain("gone");
  expect(errors).toEqual([]);
  await close();
});

test("a collection that was stored before entries had media opens with all its entries, and takes a picture", async () => {
  const folder = await copied(STORED_TEXTS);
  const errors: unknown[] = [];
  const onSnapshotError = (error: unknown) => errors.push(error);
  const further = { further: [PICTURES], media: await openFileBytes(join(folder, "media")) };
  const first = await openStored(folder, await loadIndex(), { onSnapshotError, ...further });
  expect((await first.engine.ids()).sort()).toEqual(["late", "mixed", "owl", "russian"]);
  const ids = async (query: string) => (await first.engine.search(query)).hits.map(({ id }) => id);
  expect((await ids("owl voles"))[0]).toBe("owl");
  expect((await ids("чайка"))[0]).toBe("russian");
  expect((await ids("жаворонок")).slice(0, 2).sort()).toEqual(["late", "mixed"]);
  expect(await ids("removed")).not.toContain("gone");
  const [owl] = await first.store.getMany(["owl"]);
  expect(owl).toMatchObject({ fields: { sizeCm: 35, title: "Barn owl" }, tokens: { counts: [2] } });
  expect(errors).toEqual([]);
  const medium = { digest: "a".repeat(64), type: "image/png", size: 1, bytes: Uint8Array.of(7) };
  const parts = [{ modality: "picture", medium: 0 }] as const;
  const vectors = Float32Array.of(0, 1, 0, 0, 0, 0, 0, 0);
  const pictured = { space: PICTURES.space.id, producer: "test", parts, vectors };
  await first.collection.upsert([{ ...owl!, media: [medium], further: [pictured] }]);
  await first.close();

  const second = await openStored(folder, await loadIndex(), { onSnapshotError, ...further });
  const { hits } = await second.collection.search(
    { further: [{ space: PICTURES.space.id, vector: vectors }] },
    { k: 3 },
  );
  expect(hits).toMatchObject([{ id: "owl", part: { locus: { medium: 0 } } }]);
  expect(errors).toEqual([]);
  await second.close();
});

test("it is then saved with all indexes, and opened without the store's entries", async () => {
  const folder = await copied();
  const first = await openStored(folder, await loadIndex());
  await first.engine.add([{ id: "new", text: "a puffin digs its burrow" }]);
  await first.close();
  const index = await loadIndex();
  const added: number[] = [];
  const watched: IndexKind = {
    ...index,
    async open(snapshot, dimensions) {
      const opened = await index.open(snapshot, dimensions);
      const add = opened.add.bind(opened);
      opened.add = (rows, vectors) => {
        added.push(...rows);
        return add(rows, vectors);
      };
      return opened;
    },
  };
  const second = await openStored(folder, watched);
  expect((await second.engine.search("puffin burrow")).hits[0]).toMatchObject({ id: "new", evidence: { coverage: 1 } });
  expect(added).toEqual([]);
  await second.close();
});

test("its database takes token vectors, and its entries have none until they are put again", async () => {
  const folder = await copied();
  const ids = ["owl", "wren", "mixed"];
  const first = await openStored(folder, await loadIndex());
  const [owl, ...others] = await first.store.getMany(ids);
  expect([owl, ...others].every((stored) => stored && !stored.tokens)).toBe(true);
  const tokens = { space: "0".repeat(32), counts: [2], bits: Uint8Array.of(1, 2, 3, 4) };
  await first.store.write({ put: [{ ...owl!, tokens }] });
  await first.close();
  const second = await openStored(folder, await loadIndex());
  expect(await second.store.getMany(ids)).toEqual([{ ...owl, tokens }, ...others]);
  expect((await second.engine.search("night hunter with silent wings")).hits[0]).toMatchObject({ id: "owl" });
  await second.close();
});
