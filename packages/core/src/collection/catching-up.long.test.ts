import { expect, test } from "vitest";
import { createMemoryBytes } from "../cache/memory-bytes.ts";
import { exactIndex } from "../index/exact-index.ts";
import type { ByteStore } from "../ports/byte-store.ts";
import type { EmbeddedEntry } from "../ports/collection.ts";
import type { EntryStore, StoreChange } from "../ports/entry-store.ts";
import type { IndexKind } from "../ports/vector-index.ts";
import { spaceOf } from "../space.ts";
import { openCollection } from "./local-collection.ts";
import { createMemoryStore, MemoryDatabase } from "./memory-store.ts";

const space = spaceOf({
  name: "circle",
  weights: "none",
  tokenizer: "none",
  preprocessing: "1",
  pooling: "none",
  normalization: "l2",
  dimensions: 2,
});

const at = (angle: number) => Float32Array.of(Math.cos(angle), Math.sin(angle));
const entry = (i: number, angle = i / 10_000): EmbeddedEntry => ({
  id: `e${i}`,
  text: `entry ${i}`,
  fields: {},
  passages: [{ start: 0, end: 5 }],
  vectors: at(angle),
  producer: "test",
  provisional: false,
});
const entries = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => entry(from + i));

async function filled(count: number): Promise<MemoryDatabase> {
  const database = new MemoryDatabase();
  const collection = await openCollection({ store: createMemoryStore(space, database), index: exactIndex });
  for (let from = 0; from < count; from += 500) await collection.upsert(entries(from, Math.min(count, from + 500)));
  await collection.close();
  return database;
}

/** A store whose changes stop after `after` of them, until it is released. */
function halting(database: MemoryDatabase, after: number) {
  const store = createMemoryStore(space, database);
  const changes = store.changes.bind(store);
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  store.changes = async function* (since: number): AsyncGenerator<readonly StoreChange[]> {
    let count = 0;
    for await (const page of changes(since)) {
      if (count >= after) await gate;
      // Slow enough for patience to end.
      if (count < after && count + page.length >= after) await new Promise((resolve) => setTimeout(resolve, 400));
      count += page.length;
      yield page;
    }
  };
  return { store, letGo };
}

const nothingKept = { maxBytes: 100_000_000 };

test("a large store without a snapshot is answered from while it is read, and says so until it is whole", async () => {
  const database = await filled(6000);
  const { store, letGo } = halting(database, 4500);
  const collection = await openCollection({ store, index: exactIndex });
  const early = await collection.search(at(0), { k: 1 });
  expect(early).toMatchObject({ partial: true, hits: [{ id: "e0" }] });
  const { catchingUp, entries: there } = await collection.stats();
  expect(catchingUp).toEqual({ done: expect.any(Number), total: 12 });
  expect(there).toBeLessThan(6000);
  letGo();
  expect(await collection.ids()).toHaveLength(6000);
  const late = await collection.search(at(0.5999), { k: 1 });
  expect(late).toMatchObject({ hits: [{ id: "e5999" }] });
  expect(late.partial).toBeUndefined();
  expect((await collection.stats()).catchingUp).toBeUndefined();
});

test("what may be read quickly is waited for, however slow the machine is", async () => {
  const { store, letGo } = halting(await filled(300), 100);
  const opening = openCollection({ store, index: exactIndex });
  setTimeout(letGo, 600);
  expect((await (await opening).search(at(0.0299), { k: 1 })).hits[0]?.id).toBe("e299");
});

test("a write waits until the collection is whole, and lands on top of it", async () => {
  const database = await filled(6000);
  const { store, letGo } = halting(database, 4500);
  const collection = await openCollection({ store, index: exactIndex });
  const removing = collection.remove(["e5999"]);
  letGo();
  expect(await removing).toBe(1);
  expect((await collection.search(at(0.5999), { k: 1 })).hits[0]?.id).toBe("e5998");
});

test("closing during a catch-up keeps its progress, and the next opening continues from there", async () => {
  const database = await filled(6000);
  const snapshots = createMemoryBytes(nothingKept);
  const { store, letGo } = halting(database, 4500);
  const first = await openCollection({ store, index: exactIndex, snapshots });
  const closing = first.close();
  letGo();
  await closing;
  const again = createMemoryStore(space, database);
  const since: number[] = [];
  const changes = again.changes.bind(again);
  again.changes = (from) => {
    since.push(from);
    return changes(from);
  };
  const second = await openCollection({ store: again, index: exactIndex, snapshots });
  expect(await second.ids()).toHaveLength(6000);
  expect(since[0]).toBeGreaterThan(6);
});

test("a page of changes that fails in the middle of a write is read again", async () => {
  const database = new MemoryDatabase();
  const writer = await openCollection({ store: createMemoryStore(space, database), index: exactIndex });
  const store = createMemoryStore(space, database);
  const reader = await openCollection({ store, index: exactIndex });
  const changes = store.changes.bind(store);
  let broken = true;
  store.changes = async function* (since) {
    for await (const page of changes(since)) {
      yield page;
      if (broken) throw new Error("the disk is gone");
    }
  };
  // One write with more changes than one page holds.
  await writer.upsert(entries(0, 400));
  await expect(reader.search(at(0), { k: 1 })).rejects.toThrow("the disk is gone");
  broken = false;
  expect(await reader.ids()).toHaveLength(400);
});

test("an entry that is replaced is found at every moment", async () => {
  let paused: (() => Promise<void>) | undefined;
  const watched: IndexKind = {
    ...exactIndex,
    async create(dimensions) {
      const index = await exactIndex.create(dimensions);
      const { add, remove } = { add: index.add.bind(index), remove: index.remove.bind(index) };
      index.add = async (rows, vectors) => {
        await paused?.();
        await add(rows, vectors);
        await paused?.();
      };
      index.remove = async (rows) => {
        await paused?.();
        return remove(rows);
      };
      return index;
    },
  };
  const { store, unseen } = unseenWrites(createMemoryStore(space));
  const collection = await openCollection({ store, index: watched });
  await collection.upsert([entry(0), entry(1)]);
  const found: string[][] = [];
  paused = async () => {
    const { hits } = await collection.search(at(0), { k: 2 });
    found.push(hits.map(({ id }) => id).sort());
  };
  unseen.on = true;
  await collection.upsert([entry(0, 0.1)]);
  expect(found).toEqual([
    ["e0", "e1"],
    ["e0", "e1"],
    ["e0", "e1"],
  ]);
});

/** Hides writes while `on`: `state` returns the state before them, so that searches in the middle of a write do not wait for it. */
function unseenWrites(store: EntryStore) {
  const unseen = { on: false };
  const [state, write] = [store.state.bind(store), store.write.bind(store)];
  store.write = async (change) => {
    await write(change);
    return state();
  };
  let before: Awaited<ReturnType<EntryStore["state"]>> | undefined;
  store.state = async () => {
    if (!unseen.on) before = await state();
    return before ?? state();
  };
  return { store, unseen };
}

function countingBytes() {
  const kept = createMemoryBytes(nothingKept);
  const saves: string[] = [];
  const store: ByteStore = {
    ...kept,
    putPieces: async (key, pieces) => {
      saves.push(key);
      await kept.putPieces(key, pieces);
    },
  };
  return { store, saves };
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

test("a snapshot is saved when a share of the entries changed, not after each write", async () => {
  const { store: snapshots, saves } = countingBytes();
  const collection = await openCollection({
    store: createMemoryStore(space),
    index: exactIndex,
    snapshots,
    quietMs: 5,
  });
  await collection.upsert(entries(0, 200));
  await pause(30);
  expect(saves).toHaveLength(1);
  for (let i = 0; i < 5; i++) {
    await collection.upsert([entry(i, 1)]);
    await pause(15);
  }
  expect(saves).toHaveLength(1);
  await collection.upsert([entry(6, 1)]);
  await pause(30);
  expect(saves).toHaveLength(2);
  await collection.close();
  expect(saves).toHaveLength(2);
});

test("writes that never pause do not put a snapshot off for ever", async () => {
  const { store: snapshots, saves } = countingBytes();
  const store = createMemoryStore(space);
  const collection = await openCollection({ store, index: exactIndex, snapshots, quietMs: 60 });
  await collection.upsert(entries(0, 100));
  for (let i = 0; i < 40; i++) {
    await collection.upsert([entry(i, 1)]);
    await pause(5);
  }
  expect(saves.length).toBeGreaterThan(0);
  await collection.close();
});

test("a snapshot that could not be saved is not tried again at each write", async () => {
  const { store, saves } = countingBytes();
  const full = new Error("full");
  const snapshots: ByteStore = {
    ...store,
    putPieces: async (key) => {
      saves.push(key);
      throw full;
    },
  };
  const errors: unknown[] = [];
  const onSnapshotError = (error: unknown) => errors.push(error);
  const parts = { store: createMemoryStore(space), index: exactIndex, snapshots, quietMs: 1, onSnapshotError };
  const collection = await openCollection(parts);
  await collection.upsert(entries(0, 200));
  await pause(15);
  await collection.upsert([entry(0, 1)]);
  await pause(15);
  expect(saves).toHaveLength(1);
  expect(errors).toEqual([full]);
});

test("an index whose memory moves while it is saved leaves no snapshot", async () => {
  const moving: IndexKind = {
    ...exactIndex,
    async create(dimensions) {
      const index = await exactIndex.create(dimensions);
      index.saved = function* () {
        const buffer = new ArrayBuffer(1024 * 1024);
        const piece = new Uint8Array(buffer);
        queueMicrotask(() => structuredClone(buffer, { transfer: [buffer] }));
        yield piece;
      };
      return index;
    },
  };
  const snapshots = createMemoryBytes(nothingKept);
  const errors: unknown[] = [];
  const onSnapshotError = (error: unknown) => errors.push(error);
  const store = createMemoryStore(space);
  const collection = await openCollection({ store, index: moving, snapshots, onSnapshotError });
  await collection.upsert([entry(0)]);
  await collection.close();
  expect(errors).toHaveLength(1);
  expect(await snapshots.getMany(["snapshot"])).toEqual([undefined]);
});
