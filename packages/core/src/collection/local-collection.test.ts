import { axis, axisEntry as entry, PLANE as space } from "@pipit/test/fixtures/plane-entries";
import { describe, expect, test, vi } from "vitest";
import { exactIndex } from "../index/exact-index.ts";
import { type ByteStore, joinPieces } from "../ports/byte-store.ts";
import type { EmbeddedEntry } from "../ports/collection.ts";
import type { EntryStore } from "../ports/entry-store.ts";
import type { Filter } from "../ports/filter.ts";
import type { IndexKind, VectorIndex } from "../ports/vector-index.ts";
import { openCollection } from "./local-collection.ts";
import { createMemoryStore, MemoryDatabase } from "./memory-store.ts";
import { readSnapshot } from "./snapshot.ts";

function bytesInMemory(): ByteStore & { bytes: Map<string, Uint8Array<ArrayBuffer>> } {
  const bytes = new Map<string, Uint8Array<ArrayBuffer>>();
  return {
    bytes,
    getMany: async (keys) => keys.map((key) => bytes.get(key)),
    putMany: async (records) => {
      for (const [key, value] of records) bytes.set(key, value.slice());
    },
    putPieces: async (key, pieces) => {
      bytes.set(key, await joinPieces(pieces));
    },
    deleteMany: async (keys) => {
      for (const key of keys) bytes.delete(key);
    },
    close: async () => {},
  };
}

/** The exact index; it counts the rows that are added to it, whether it was made or opened. */
function countingIndex() {
  const counts = { added: 0, opened: 0 };
  const counting = (index: VectorIndex): VectorIndex => {
    const add = index.add.bind(index);
    index.add = (rows, vectors) => {
      counts.added += rows.length;
      return add(rows, vectors);
    };
    return index;
  };
  const kind: IndexKind = {
    name: "counting",
    create: async (dimensions) => counting(await exactIndex.create(dimensions)),
    async open(snapshot, dimensions) {
      counts.opened++;
      return counting(await exactIndex.open(snapshot, dimensions));
    },
  };
  return { kind, counts };
}

const made = (createdAt: number) => Object.assign(new MemoryDatabase(), { createdAt });

async function idsNear(collection: Awaited<ReturnType<typeof openCollection>>, i: number, k = 3) {
  return (await collection.search(axis(i), { k })).hits.map((hit) => hit.id);
}

describe("local collection", () => {
  test("two holders of one store see each other's writes at the next search", async () => {
    const database = new MemoryDatabase();
    const open = () => openCollection({ store: createMemoryStore(space, database), index: exactIndex });
    const [one, two] = [await open(), await open()];
    await one.upsert([entry("a", 0)]);
    expect(await idsNear(two, 0, 1)).toEqual(["a"]);
    await two.remove(["a"]);
    await two.upsert([entry("b", 0)]);
    expect(await idsNear(one, 0)).toEqual(["b"]);
  });

  test("writes of two holders at once never share a row", async () => {
    const database = new MemoryDatabase();
    const open = () => openCollection({ store: createMemoryStore(space, database), index: exactIndex });
    const [one, two] = [await open(), await open()];
    const many = (who: string) => Array.from({ length: 20 }, (_, i) => entry(`${who}${i}`, i % 4));
    await Promise.all([...many("one").map((e) => one.upsert([e])), ...many("two").map((e) => two.upsert([e]))]);
    const rows = [...database.changes.values()].flatMap((c) =>
      c.kind === "put" ? c.entry.passages.map((p) => p.row) : [],
    );
    expect(new Set(rows).size).toBe(40);
    expect((await one.stats()).entries).toBe(40);
  });

  test("an entry with several near passages is one hit, and does not crowd out others", async () => {
    const collection = await openCollection({ store: createMemoryStore(space), index: exactIndex });
    const passages = Array.from({ length: 8 }, (_, i) => ({ start: i, end: i + 1 }));
    const vectors = new Float32Array(32);
    for (let row = 0; row < 8; row++) vectors[row * 4] = 1;
    await collection.upsert([entry("many", 0, { passages, vectors }), entry("one", 1), entry("two", 2)]);
    expect(await idsNear(collection, 0, 3)).toEqual(["many", "one", "two"]);
  });

  test("opens from its snapshot without adding a row again, then replays what came after", async () => {
    const database = new MemoryDatabase();
    const snapshots = bytesInMemory();
    const store = () => createMemoryStore(space, database);
    const first = await openCollection({ store: store(), index: exactIndex, snapshots });
    await first.upsert([entry("a", 0), entry("b", 1)]);
    await first.close();
    const late = await openCollection({ store: store(), index: exactIndex });
    await late.upsert([entry("c", 2)]);
    await late.remove(["a"]);
    const { kind, counts } = countingIndex();
    const second = await openCollection({ store: store(), index: kind, snapshots });
    // Of three entries only the one that was written after the snapshot is added.
    expect(counts).toEqual({ added: 1, opened: 1 });
    expect(await second.stats()).toMatchObject({ entries: 2, passages: 2 });
    expect(await idsNear(second, 2, 1)).toEqual(["c"]);
    expect(await idsNear(second, 0)).not.toContain("a");
  });

  test("fields named like members of objects are filtered by after opening from the snapshot", async () => {
    const database = new MemoryDatabase();
    const snapshots = bytesInMemory();
    const store = () => createMemoryStore(space, database);
    const first = await openCollection({ store: store(), index: exactIndex, snapshots });
    const fields = JSON.parse('{"__proto__": "x", "constructor": ["y"]}');
    await first.upsert([entry("a", 0, { fields }), entry("b", 0)]);
    await first.close();
    const second = await openCollection({ store: store(), index: exactIndex, snapshots });
    for (const filter of [
      { field: "__proto__", equals: "x" },
      { field: "constructor", exists: true },
    ]) {
      expect((await second.search(axis(0), { k: 9, filter })).hits.map(({ id }) => id)).toEqual(["a"]);
    }
  });

  test("texts that the model does not read are found by their words, with a filter too, after opening from a snapshot and after a change", async () => {
    const database = new MemoryDatabase();
    const snapshots = bytesInMemory();
    const parts = () => ({ store: createMemoryStore(space, database), index: exactIndex, snapshots });
    const foreign = (id: string, text: string): EmbeddedEntry => ({
      ...entry(id, 0, { text, fields: { kept: id !== "b" } }),
      passages: [],
      vectors: new Float32Array(),
      unread: [{ start: 0, end: text.length }],
    });
    const first = await openCollection(parts());
    await first.upsert([foreign("a", "белая сова"), foreign("b", "сова"), foreign("c", "сова"), entry("d", 1)]);
    await first.close();
    const second = await openCollection(parts());
    const ids = async (filter?: Filter) =>
      (await second.search({ text: "Сова" }, { k: 9, filter })).hits.map(({ id }) => id);
    await second.upsert([{ ...foreign("c", "дрозд"), fields: undefined }]);
    expect(await ids()).toEqual(["b", "a"]);
    expect(await ids({ field: "kept", equals: true })).toEqual(["a"]);
    expect(await idsNear(second, 0)).toEqual(["d"]);
    await second.remove(["a"]);
    expect(await ids()).toEqual(["b"]);
    expect(await second.stats()).toMatchObject({ entries: 3, passages: 1 });
  });

  test.each([
    ["torn", (bytes: Uint8Array) => bytes.slice(0, bytes.length - 3)],
    ["bit-flipped in its table", (bytes: Uint8Array) => bytes.map((b, i) => (i === 90 ? b ^ 4 : b))],
    ["bit-flipped in its directory", (bytes: Uint8Array) => bytes.map((b, i) => (i === 210 ? b ^ 4 : b))],
    ["bit-flipped in its sequence", (bytes: Uint8Array) => bytes.map((b, i) => (i === 29 ? b ^ 4 : b))],
    ["bit-flipped in the number of its sections", (bytes: Uint8Array) => bytes.map((b, i) => (i === 8 ? b ^ 1 : b))],
    ["empty", () => new Uint8Array(0)],
    ["foreign", () => new Uint8Array(200).fill(7)],
    ["of a future version", (bytes: Uint8Array) => bytes.map((b, i) => (i === 4 ? 9 : b))],
  ])("a snapshot that is %s is reported and rebuilt from the store", async (_, damage) => {
    const database = new MemoryDatabase();
    const snapshots = bytesInMemory();
    const first = await openCollection({ store: createMemoryStore(space, database), index: exactIndex, snapshots });
    await first.upsert([entry("a", 0)]);
    await first.close();
    snapshots.bytes.set("snapshot", damage(snapshots.bytes.get("snapshot")!) as Uint8Array<ArrayBuffer>);
    const errors: unknown[] = [];
    const onSnapshotError = (error: unknown) => errors.push(error);
    const store = createMemoryStore(space, database);
    const second = await openCollection({ store, index: exactIndex, snapshots, onSnapshotError });
    expect(errors).toMatchObject([{ code: "bad-snapshot" }]);
    expect(await idsNear(second, 0)).toEqual(["a"]);
  });

  test.each(["vectors", "words"])(
    "if the section of %s is torn, it is made again, and the others are not",
    async (name) => {
      const database = new MemoryDatabase();
      const snapshots = bytesInMemory();
      const store = () => createMemoryStore(space, database);
      const first = await openCollection({ store: store(), index: exactIndex, snapshots });
      await first.upsert([entry("a", 0), entry("b", 1), entry("gone", 2)]);
      await first.remove(["gone"]);
      await first.close();
      const { sections } = await readSnapshot(snapshots.bytes.get("snapshot")!);
      const torn = sections.get(name)!;
      torn[torn.length - 1]! ^= 1;
      const errors: unknown[] = [];
      const { kind, counts } = countingIndex();
      const parts = {
        store: store(),
        index: kind,
        snapshots,
        onSnapshotError: (error: unknown) => void errors.push(error),
      };
      const second = await openCollection(parts);
      expect(errors).toMatchObject([{ code: "bad-snapshot" }]);
      expect(counts.added).toBe(name === "vectors" ? 2 : 0);
      expect(await idsNear(second, 1, 1)).toEqual(["b"]);
      const { hits } = await second.search({ text: "text of a" }, { k: 9 });
      expect(hits[0]).toMatchObject({ id: "a", words: ["text"] });
      expect((await second.stats()).entries).toBe(2);
    },
  );

  test.each([
    [
      "newer than its store (a restored backup)",
      space,
      [],
      [[{ message: expect.stringContaining("write 0 and its") }]],
    ],
    ["of another space", { ...space, id: "e".repeat(32) }, ["zero"], []],
  ])("a snapshot that is %s is not used, now or after the store has passed it", async (_, theirs, before, told) => {
    const snapshots = bytesInMemory();
    const first = await openCollection({ store: createMemoryStore(space, made(1000)), index: exactIndex, snapshots });
    await first.upsert([entry("ghost", 0)]);
    await first.close();
    expect(snapshots.bytes.size).toBe(1);
    const database = made(1000);
    const filling = await openCollection({ store: createMemoryStore(theirs, database), index: exactIndex });
    for (const id of before) await filling.upsert([entry(id, 0)]);
    const onSnapshotError = vi.fn();
    const open = () =>
      openCollection({ store: createMemoryStore(theirs, database), index: exactIndex, snapshots, onSnapshotError });
    const second = await open();
    expect(onSnapshotError.mock.calls).toMatchObject(told);
    expect(snapshots.bytes.size).toBe(0);
    expect(await idsNear(second, 0)).toEqual(before);
    for (const id of ["one", "two"]) await second.upsert([entry(id, 0)]);
    expect(await idsNear(await open(), 0)).toEqual([...before, "one", "two"]);
  });

  test("a snapshot of a former store is not used, although this store has more writes", async () => {
    const snapshots = bytesInMemory();
    const filled = async (database: MemoryDatabase, ids: readonly string[]) => {
      const collection = await openCollection({
        store: createMemoryStore(space, database),
        index: exactIndex,
        snapshots,
      });
      for (const id of ids) await collection.upsert([entry(id, 0)]);
      return collection;
    };
    await (await filled(made(1000), ["ghost"])).close();
    const old = snapshots.bytes.get("snapshot")!;
    snapshots.bytes.clear();
    const database = made(2000);
    await filled(database, ["one", "two"]);
    snapshots.bytes.set("snapshot", old);
    expect(await idsNear(await filled(database, []), 0)).toEqual(["one", "two"]);
  });

  test("a snapshot that does not name its store, as older versions wrote it, is opened", async () => {
    const snapshots = bytesInMemory();
    const database = made(0);
    const first = await openCollection({ store: createMemoryStore(space, database), index: exactIndex, snapshots });
    await first.upsert([entry("a", 0)]);
    await first.close();
    const { kind, counts } = countingIndex();
    const known = createMemoryStore(space, Object.assign(database, { createdAt: 2000 }));
    await openCollection({ store: known, index: kind, snapshots });
    expect(counts).toEqual({ added: 0, opened: 1 });
  });

  test("a snapshot that is not deleted is reported, and the collection opens", async () => {
    const snapshots = bytesInMemory();
    const first = await openCollection({ store: createMemoryStore(space), index: exactIndex, snapshots });
    await first.upsert([entry("ghost", 0)]);
    await first.close();
    const failure = new Error("read-only");
    snapshots.deleteMany = () => Promise.reject(failure);
    const errors: unknown[] = [];
    const onSnapshotError = (error: unknown) => errors.push(error);
    const parts = { store: createMemoryStore(space, made(1000)), index: exactIndex, snapshots, onSnapshotError };
    expect(await idsNear(await openCollection(parts), 0)).toEqual([]);
    expect(errors).toEqual([failure]);
  });

  test("a write that the store refused shows nowhere, and the next one lands", async () => {
    const store = createMemoryStore(space);
    const write = store.write.bind(store);
    const full = Object.assign(new Error("full"), { code: "storage-full" });
    let refuse = true;
    (store as { write: EntryStore["write"] }).write = (change) => (refuse ? Promise.reject(full) : write(change));
    const collection = await openCollection({ store, index: exactIndex });
    await expect(collection.upsert([entry("a", 0)])).rejects.toBe(full);
    expect(await idsNear(collection, 0)).toEqual([]);
    refuse = false;
    await collection.upsert([entry("a", 0)]);
    expect(await idsNear(collection, 0)).toEqual(["a"]);
  });

  test("new vectors replace provisional ones, but not when the text changed or a better producer was there", async () => {
    const collection = await openCollection({ store: createMemoryStore(space), index: exactIndex });
    await collection.upsert([
      entry("same", 0, { provisional: true }),
      entry("changed", 0, { provisional: true }),
      entry("fine", 0),
    ]);
    expect(await collection.provisionalIds(9)).toEqual(["same", "changed"]);
    const better = (id: string, text = `text of ${id}`) => entry(id, 3, { text, fields: undefined });
    await collection.reembed([better("same"), better("changed", "another text"), better("fine"), better("gone")]);
    const moved = (await collection.search(axis(3), { k: 9 })).hits.filter(({ evidence }) => evidence.cosine === 1);
    expect(moved.map(({ id }) => id)).toEqual(["same"]);
    expect(await collection.provisionalIds(9)).toEqual(["changed"]);
    expect(await collection.stats()).toMatchObject({ entries: 3, provisional: 1 });
    expect((await collection.getMany(["same"]))[0]?.fields).toEqual({ axis: 0 });
  });

  test("a vector of the wrong width, length, NaN or zero is refused before anything is stored", async () => {
    const collection = await openCollection({ store: createMemoryStore(space), index: exactIndex });
    for (const vectors of [
      new Float32Array(3).fill(1),
      new Float32Array([1, Number.NaN, 0, 0]),
      new Float32Array(4),
      axis(0).fill(1),
    ]) {
      await expect(collection.upsert([entry("good", 1), entry("bad", 0, { vectors })])).rejects.toMatchObject({
        code: "bad-vector",
      });
    }
    expect((await collection.stats()).entries).toBe(0);
  });

  test("a query vector of any length is scored as a cosine", async () => {
    const collection = await openCollection({ store: createMemoryStore(space), index: exactIndex });
    await collection.upsert([entry("a", 0)]);
    expect((await collection.search(Float32Array.of(10, 0, 0, 0), { k: 1 })).hits[0]?.evidence.cosine).toBe(1);
  });

  test("entries are put and others removed in one write", async () => {
    const database = new MemoryDatabase();
    const collection = await openCollection({ store: createMemoryStore(space, database), index: exactIndex });
    await collection.upsert([entry("a", 0), entry("b", 1)]);
    await collection.upsert([entry("c", 2)], ["a", "nobody"]);
    expect((await collection.ids()).sort()).toEqual(["b", "c"]);
    expect(database.sequence).toBe(2);
  });

  test("an entry without a passage is refused", async () => {
    const collection = await openCollection({ store: createMemoryStore(space), index: exactIndex });
    const empty = entry("empty", 0, { passages: [], vectors: new Float32Array(0) });
    await expect(collection.upsert([empty])).rejects.toMatchObject({ code: "bad-input" });
  });
});
