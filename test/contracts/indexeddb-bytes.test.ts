import "fake-indexeddb/auto";
import { openIdbBytes } from "@pipit/browser/idb-bytes";
import { expect, test } from "vitest";
import { byteStoreContract } from "./byte-store.ts";

let stores = 0;
const name = () => `contract-${++stores}`;

byteStoreContract("IndexedDB (in memory), refusing", () => openIdbBytes({ name: name() }));
byteStoreContract("IndexedDB (in memory), evicting", () => openIdbBytes({ name: name(), maxBytes: 1_000_000 }));

test("the least recently used key makes room, and reading a key is a use", async () => {
  const store = await openIdbBytes({ name: name(), maxBytes: 30 });
  await store.putMany([
    ["a", new Uint8Array(10)],
    ["b", new Uint8Array(10)],
    ["c", new Uint8Array(10)],
  ]);
  await store.getMany(["a"]);
  await store.putMany([["d", new Uint8Array(10)]]);
  const present = await store.getMany(["a", "b", "c", "d"]);
  expect(present.map((bytes) => bytes !== undefined)).toEqual([true, false, true, true]);
});

test("a key put again counts its newest size alone", async () => {
  const store = await openIdbBytes({ name: name(), maxBytes: 30 });
  await store.putMany([["kept", new Uint8Array(10)]]);
  for (let i = 0; i < 5; i++) await store.putMany([["again", new Uint8Array(20)]]);
  expect((await store.getMany(["kept"]))[0]).toHaveLength(10);
});

test("a deleted key gives its room back", async () => {
  const store = await openIdbBytes({ name: name(), maxBytes: 30 });
  await store.putMany([["kept", new Uint8Array(10)]]);
  await store.putMany([["gone", new Uint8Array(20)]]);
  await store.deleteMany(["gone"]);
  await store.putMany([["next", new Uint8Array(20)]]);
  expect((await store.getMany(["kept"]))[0]).toHaveLength(10);
});
