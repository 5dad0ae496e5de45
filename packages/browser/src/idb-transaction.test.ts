import "fake-indexeddb/auto";
import { type IDBPDatabase, openDB } from "idb";
import { afterEach, beforeEach, expect, test } from "vitest";
import { landed } from "./idb-transaction.ts";

let database: IDBPDatabase;
let names = 0;

beforeEach(async () => {
  const upgrade = (fresh: IDBPDatabase) => void fresh.createObjectStore("rows");
  database = await openDB(`transaction-${++names}`, 1, { upgrade });
});

afterEach(() => database.close());

const open = () => database.transaction("rows", "readwrite");

test("the work's result is returned once its writes are stored", async () => {
  const writing = open();
  expect(await landed(writing, "rows", async () => writing.store.put("whole", "a"))).toBe("a");
  expect(await database.get("rows", "a")).toBe("whole");
});

test("nothing is stored where the work fails after its first write", async () => {
  const writing = open();
  const work = async () => {
    await writing.store.put("half", "a");
    throw new Error("mine");
  };
  await expect(landed(writing, "rows", work)).rejects.toMatchObject({ code: "storage-failed" });
  expect(await database.get("rows", "a")).toBeUndefined();
});

test("a transaction that ended by itself rejects with its own error", async () => {
  const writing = open();
  const work = async () => {
    await writing.store.put("half", "a");
    writing.abort();
    await writing.store.put("more", "b");
  };
  await expect(landed(writing, "rows", work)).rejects.toMatchObject({ code: "storage-failed" });
  expect(await database.count("rows")).toBe(0);
});
