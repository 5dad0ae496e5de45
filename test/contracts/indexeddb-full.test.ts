import "fake-indexeddb/auto";
import { openIdbBytes } from "@pipit/browser/idb-bytes";
import { openIdbStore } from "@pipit/browser/idb-store";
import {
  createEngine,
  createMemoryBytes,
  type EntryStore,
  exactIndex,
  openCollection,
  type StoreChange,
} from "@pipit/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BAG_SPACE, createBagEmbedder } from "../fixtures/bag-embedder.ts";

const { put } = IDBObjectStore.prototype;
let homes = 0;
let name: string;

/** Simulates a full quota as in Chromium: transactions that put anything fail, those that only delete do not. */
function fillQuota(): void {
  IDBObjectStore.prototype.put = () => {
    throw new DOMException("no room", "QuotaExceededError");
  };
}

function freeQuota(): void {
  IDBObjectStore.prototype.put = put;
}

beforeEach(() => {
  name = `full-${++homes}`;
});
afterEach(freeQuota);

const open = () => openIdbStore({ name, space: BAG_SPACE });
const entry = (id: string, row: number) => ({
  id,
  text: id,
  fields: {},
  passages: [{ row, start: 0, end: 1 }],
  vectors: new Float32Array(BAG_SPACE.dimensions).fill(0.125),
  producer: "bag",
  provisional: false,
});

async function filled(): Promise<EntryStore> {
  const store = await open();
  await store.write({ put: [entry("a", 0), entry("b", 1), entry("c", 2)] });
  fillQuota();
  return store;
}

async function changesOf(store: EntryStore, since: number): Promise<StoreChange[]> {
  const list: StoreChange[] = [];
  for await (const batch of store.changes(since)) list.push(...batch);
  return list;
}

test("a transaction that is aborted between two requests leaves no failure that nobody hears", async () => {
  const bytes = await openIdbBytes({ name });
  await bytes.putMany([["a", Uint8Array.of(1)]]);
  IDBObjectStore.prototype.put = function () {
    this.transaction.abort();
    throw new DOMException("no room", "QuotaExceededError");
  };
  await expect(bytes.putMany([["a", Uint8Array.of(2)]])).rejects.toMatchObject({ code: "storage-full" });
  // The test runner fails for a rejection that is not handled within this turn.
  await new Promise((later) => setTimeout(later));
});

test("a write with a put is refused as a whole, also if it removes too", async () => {
  const store = await filled();
  await expect(store.write({ put: [entry("d", 3)], remove: ["a"] })).rejects.toMatchObject({ code: "storage-full" });
  expect(await store.state()).toEqual({ sequence: 1, count: 3, nextRow: 3 });
});

test("entries are removed for good while the quota is full, and the sequence rises", async () => {
  const store = await filled();
  expect(await store.write({ remove: ["a"] })).toMatchObject({ count: 2, nextRow: 3 });
  const { sequence } = await store.write({ remove: ["b", "nobody"] });
  expect(sequence).toBeGreaterThan(2);
  const again = await open();
  expect(await again.state()).toEqual({ sequence, count: 1, nextRow: 3 });
  expect((await again.getMany(["a", "b", "c"])).map((found) => found?.id)).toEqual([undefined, undefined, "c"]);
});

test("a holder at an older sequence learns which ids are present, also when there is room again", async () => {
  const store = await filled();
  await store.write({ remove: ["a"] });
  const { sequence } = await store.state();
  expect(await changesOf(store, 1)).toEqual([{ kind: "only", sequence, ids: ["b", "c"] }]);
  expect(await changesOf(store, sequence)).toEqual([]);
  freeQuota();
  expect(await store.write({ put: [entry("d", 3)] })).toEqual({ sequence: sequence + 1, count: 3, nextRow: 4 });
  const seen = await changesOf(store, 1);
  expect(seen.map(({ kind }) => kind)).toEqual(["put", "only"]);
  expect(seen.at(-1)).toMatchObject({ ids: ["b", "c", "d"] });
  expect((await changesOf(store, sequence)).map(({ kind }) => kind)).toEqual(["put"]);
});

test("the trace of an earlier removal stays when the id is removed again", async () => {
  const store = await open();
  await store.write({ put: [entry("a", 0), entry("b", 1)] });
  await store.write({ remove: ["a"] });
  fillQuota();
  await store.write({ remove: ["a"] });
  expect(await changesOf(store, 1)).toEqual([{ kind: "remove", sequence: 2, id: "a" }]);
  expect(await store.state()).toMatchObject({ sequence: 2, count: 1 });
});

test("an engine does not find removed entries, in this tab, in another, and after a restart from an old snapshot", async () => {
  const snapshots = createMemoryBytes({ maxBytes: 1_000_000 });
  const openEngine = async () => {
    const collection = await openCollection({ store: await open(), index: exactIndex, snapshots });
    return createEngine({ collection, embedder: createBagEmbedder(), backend: "js", why: "test" });
  };
  const first = await openEngine();
  await first.add(["owl", "lark", "wren"].map((id) => ({ id, text: `the ${id} sings` })));
  await first.close();
  const [one, two] = [await openEngine(), await openEngine()];
  fillQuota();
  expect(await one.remove(["owl", "nobody"])).toBe(1);
  const late = await openEngine();
  for (const engine of [one, two, late]) {
    const { hits } = await engine.search("the owl sings");
    expect(hits.map((hit) => hit.id).sort()).toEqual(["lark", "wren"]);
    expect((await engine.stats()).entries).toBe(2);
  }
  expect(await two.add([{ id: "lark", text: "" }])).toEqual({ added: 0, skipped: ["lark"] });
  expect(await late.ids()).toEqual(["wren"]);
});

test("keyed bytes are deleted while the quota is full, and counted right when there is room again", async () => {
  const store = await openIdbBytes({ name, maxBytes: 30 });
  await store.putMany([
    ["kept", new Uint8Array(10)],
    ["gone", new Uint8Array(20)],
  ]);
  fillQuota();
  await store.deleteMany(["gone"]);
  freeQuota();
  const present = async (...keys: string[]) => (await store.getMany(keys)).map((bytes) => bytes !== undefined);
  await store.putMany([["next", new Uint8Array(20)]]);
  expect(await present("gone", "kept", "next")).toEqual([false, true, true]);
  await store.putMany([["more", new Uint8Array(10)]]);
  expect(await present("kept", "next", "more")).toEqual([false, true, true]);
});
