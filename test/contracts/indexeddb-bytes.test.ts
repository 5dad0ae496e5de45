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

test("a key that was put after it was read counts as used when it was put", async () => {
  const store = await openIdbBytes({ name: name(), maxBytes: 30 });
  const put = (key: string) => store.putMany([[key, new Uint8Array(10)]]);
  await put("a");
  await store.getMany(["a"]);
  for (const key of ["b", "a", "c", "d"]) await put(key);
  expect((await store.getMany(["a", "b"])).map((bytes) => bytes?.length)).toEqual([10, undefined]);
});

test("as many keys as it takes make room, and each is counted once", async () => {
  const store = await openIdbBytes({ name: name(), maxBytes: 30 });
  const put = (key: string, size: number) => store.putMany([[key, new Uint8Array(size)]]);
  const present = async (...keys: string[]) => (await store.getMany(keys)).map((bytes) => bytes !== undefined);
  for (const key of ["a", "b", "c"]) await put(key, 10);
  await put("wide", 20);
  expect(await present("a", "b", "c", "wide")).toEqual([false, false, true, true]);
  await store.deleteMany(["c", "nobody"]);
  await put("d", 10);
  expect(await present("wide", "d")).toEqual([true, true]);
  await put("e", 10);
  expect(await present("wide", "d", "e")).toEqual([false, true, true]);
});
