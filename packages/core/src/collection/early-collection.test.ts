import { axis, axisEntry as entry, PLANE as space } from "@pipit/test/fixtures/plane-entries";
import { describe, expect, test } from "vitest";
import { createMemoryBytes } from "../cache/memory-bytes.ts";
import { exactIndex } from "../index/exact-index.ts";
import { openCollection } from "./local-collection.ts";
import { createMemoryStore, MemoryDatabase } from "./memory-store.ts";

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
