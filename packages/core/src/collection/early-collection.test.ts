import { axis, axisEntry as entry, PLANE as space } from "@pipit/test/fixtures/plane-entries";
import { describe, expect, test, vi } from "vitest";
import { createMemoryBytes } from "../cache/memory-bytes.ts";
import { exactIndex } from "../index/exact-index.ts";
import type { ByteStore } from "../ports/byte-store.ts";
import { openCollection } from "./local-collection.ts";
import { createMemoryStore, MemoryDatabase } from "./memory-store.ts";

/** The record of vectors of a save of the same entries, with other vectors. */
async function ofAnotherSave(): Promise<Uint8Array> {
  const snapshots = createMemoryBytes({ maxBytes: 1e6 });
  const other = await openCollection({ store: createMemoryStore(space), index: exactIndex, snapshots, early: "words" });
  for (const id of ["a", "b"]) await other.upsert([entry(id, id === "a" ? 1 : 0)]);
  await other.close();
  return (await snapshots.getMany(["snapshot\0vectors"]))[0]!;
}

describe("a collection", () => {
  test("opened early, it finds words as they were typed and says that there is more, until it is whole", async () => {
    const database = new MemoryDatabase();
    const snapshots = createMemoryBytes({ maxBytes: 1e6 });
    const parts = () => ({ store: createMemoryStore(space, database), index: exactIndex, snapshots });
    const first = await openCollection(parts());
    await first.upsert([entry("a", 0, { text: "owls hunt" }), entry("b", 1, { text: "larks sing" })]);
    await first.close();
    const early = await openCollection({ ...parts(), early: "words" });
    const asked = (of: typeof early, text: string) => of.search({ text, vector: axis(1) }, { k: 2 });
    const owls = await asked(early, "owls");
    expect([owls.partial, owls.hits.map(({ id, evidence }) => [id, evidence.cosine])]).toEqual([
      true,
      [["a", undefined]],
    ]);
    expect(await asked(early, "owl ")).toEqual({ hits: [], partial: true });
    await early.whole?.();
    const whole = await asked(early, "owl ");
    expect([whole.hits.length, whole]).toEqual([2, await asked(await openCollection(parts()), "owl ")]);
  });

  test("opened early, it answers from its snapshot, and has what was written after that when it is whole", async () => {
    const database = new MemoryDatabase();
    const snapshots = createMemoryBytes({ maxBytes: 1e6 });
    const parts = () => ({ store: createMemoryStore(space, database), index: exactIndex, snapshots });
    const first = await openCollection(parts());
    await first.upsert([entry("a", 0, { text: "owls hunt" })]);
    await first.close();
    await (await openCollection({ ...parts(), snapshots: undefined })).upsert([entry("b", 1, { text: "owls sing" })]);
    const early = await openCollection({ ...parts(), early: "words" });
    const idsOf = async () => (await early.search({ text: "owls" }, { k: 9 })).hits.map(({ id }) => id);
    expect(await idsOf()).toEqual(["a"]);
    expect(await early.ids()).toEqual(["a", "b"]);
    await early.whole?.();
    expect((await idsOf()).sort()).toEqual(["a", "b"]);
  });

  test("opened early and empty, it makes an index when the first vectors come, and tries again after a failure", async () => {
    const create = vi.fn(exactIndex.create).mockRejectedValueOnce(new Error("no memory"));
    const index = { ...exactIndex, create };
    const early = await openCollection({ store: createMemoryStore(space), index, early: "words" });
    await early.upsert([
      { ...entry("a", 0), passages: [], unread: [{ start: 0, end: 4 }], vectors: new Float32Array() },
    ]);
    const search = (text: string) => early.search({ text, vector: axis(1) }, { k: 2 });
    expect((await search("text a")).hits.map(({ id }) => id)).toEqual(["a"]);
    expect(create).not.toHaveBeenCalled();
    await expect(early.upsert([entry("b", 1)])).rejects.toThrow("no memory");
    await early.upsert([entry("b", 1)]);
    expect((await search("other")).hits.map(({ id }) => id)).toEqual(["b"]);
    expect(create).toHaveBeenCalledTimes(2);
  });

  test("opened early, it is whole before it answers a vector without a text", async () => {
    const database = new MemoryDatabase();
    const snapshots = createMemoryBytes({ maxBytes: 1e6 });
    const parts = () => ({ store: createMemoryStore(space, database), index: exactIndex, snapshots });
    const first = await openCollection(parts());
    await first.upsert([entry("a", 0)]);
    await first.close();
    await (await openCollection({ ...parts(), snapshots: undefined })).upsert([entry("b", 1)]);
    const early = await openCollection({ ...parts(), early: "words" });
    const late = await openCollection({ ...parts(), early: "words" });
    expect(await early.search(axis(0), { k: 1 })).toMatchObject({ hits: [{ id: "a" }] });
    // What was written after the snapshot too.
    expect((await late.search(axis(1), { k: 1 })).hits[0]?.id).toBe("b");
    expect(await early.search({ text: "text" }, { k: 1 })).not.toHaveProperty("partial");
  });

  describe("whose snapshot was saved early", () => {
    const KEY = "snapshot\0vectors";

    async function saved() {
      const database = new MemoryDatabase();
      const snapshots = createMemoryBytes({ maxBytes: 1e6 });
      const reads: string[] = [];
      const watched: ByteStore = {
        ...snapshots,
        getMany: async (keys) => {
          reads.push(...keys);
          return snapshots.getMany(keys);
        },
      };
      const onSnapshotError = vi.fn();
      const parts = (early?: "words") => {
        return {
          store: createMemoryStore(space, database),
          index: exactIndex,
          snapshots: watched,
          onSnapshotError,
          early,
        };
      };
      const first = await openCollection(parts("words"));
      await first.upsert([entry("a", 0, { text: "owls hunt" }), entry("b", 1, { text: "larks sing" })]);
      await first.close();
      reads.length = 0;
      return { parts, snapshots, reads, onSnapshotError };
    }
    type Opened = Awaited<ReturnType<typeof openCollection>>;
    const nearest = async (collection: Opened, at: number) =>
      (await collection.search(axis(at), { k: 1 })).hits.map(({ id, evidence }) => [id, evidence.cosine]);

    test("it reads its vectors when it becomes whole, not before", async () => {
      const { parts, reads } = await saved();
      const early = await openCollection(parts("words"));
      expect((await early.search({ text: "owls" }, { k: 2 })).hits.map(({ id }) => id)).toEqual(["a"]);
      expect(await early.stats()).toMatchObject({ entries: 2, passages: 2, index: { bytes: 0 } });
      expect(reads).toEqual(["snapshot"]);
      await early.whole?.();
      expect(reads).toEqual(["snapshot", KEY]);
      expect(await nearest(early, 1)).toEqual([["b", 1]]);
      expect((await early.stats()).index.bytes).toBeGreaterThan(0);
    });

    test("it may be written to, and closed, before it is whole", async () => {
      const { parts } = await saved();
      await (await openCollection(parts("words"))).close();
      const early = await openCollection(parts("words"));
      await early.remove(["a"]);
      await early.upsert([entry("c", 2, { text: "wrens creep" })]);
      await early.close();
      const again = await openCollection(parts("words"));
      expect([await nearest(again, 2), await nearest(again, 1)]).toEqual([[["c", 1]], [["b", 1]]]);
      expect((await again.search(axis(0), { k: 9 })).hits.map(({ id }) => id).sort()).toEqual(["b", "c"]);
    });

    test("it is opened whole with the same vectors", async () => {
      const { parts, onSnapshotError } = await saved();
      const whole = await openCollection(parts());
      expect([await nearest(whole, 0), await nearest(whole, 1)]).toEqual([[["a", 1]], [["b", 1]]]);
      expect(onSnapshotError).not.toHaveBeenCalled();
    });

    test.each<[string, (bytes: Uint8Array) => Uint8Array | undefined | Promise<Uint8Array>, number]>([
      ["are missing", () => undefined, 0],
      ["are torn", (bytes) => bytes.fill(7, -20), 1],
      ["are those of another save", ofAnotherSave, 0],
    ])("and whose vectors %s has them from its store", async (_, changed, errors) => {
      const { parts, snapshots, onSnapshotError } = await saved();
      const [bytes] = await snapshots.getMany([KEY]);
      const other = await changed(bytes!);
      if (other) await snapshots.putMany([[KEY, other]]);
      else await snapshots.deleteMany([KEY]);
      for (const early of [undefined, "words"] as const) {
        const collection = await openCollection(parts(early));
        expect([await nearest(collection, 0), await nearest(collection, 1)]).toEqual([[["a", 1]], [["b", 1]]]);
        if (early) await collection.upsert([entry("c", 2)]);
        else expect(onSnapshotError).toHaveBeenCalledTimes(errors);
      }
    });
  });

  test.each([
    ["en", true],
    ["de", false],
  ])("of language %s that is given English words of near meaning reaches them: %s", async (language, isReached) => {
    const vectorOf = (word: string) => (word === "hawk" || word === "falcon" ? Float32Array.of(1, 0) : undefined);
    const collection = await openCollection({ store: createMemoryStore(space), index: exactIndex, language });
    await collection.upsert([entry("a", 0, { text: "a falcon", passages: [{ start: 0, end: 8 }] })]);
    collection.useMeanings?.({ dimensions: 2, vectorOf });
    await collection.whole?.();
    const [hit] = (await collection.search({ text: "hawk ", vector: axis(0) }, { k: 1 })).hits;
    expect((hit?.evidence.coverage ?? 0) > 0).toBe(isReached);
  });
});
