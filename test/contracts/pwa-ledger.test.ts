import "fake-indexeddb/auto";
import { type LedgerRecord, openLedger } from "@pipit/pwa/ledger";
import { afterEach, expect, test, vi } from "vitest";

const RECORD: LedgerRecord = { path: "a.txt", bytes: 3, parts: 1, addedAt: 0 };
const { put } = IDBObjectStore.prototype;

afterEach(() => {
  IDBObjectStore.prototype.put = put;
});

/** An intake must not confuse these errors with those of an unreadable file, which are DOMExceptions too. */
test.each([
  ["QuotaExceededError", "storage-full"],
  ["UnknownError", "storage-failed"],
])("a list that cannot be written for %s says so as %s, and deletes all the same", async (name, code) => {
  const ledger = await openLedger();
  await ledger.put(RECORD);
  IDBObjectStore.prototype.put = () => {
    throw new DOMException("no", name);
  };
  await expect(ledger.put(RECORD)).rejects.toMatchObject({ code });
  await ledger.remove(RECORD.path);
  expect(await ledger.list()).toEqual([]);
});

test("a record that was removed is not written again in its place", async () => {
  const ledger = await openLedger();
  expect(await ledger.replace(RECORD)).toBe(false);
  await ledger.put(RECORD);
  expect(await ledger.replace({ ...RECORD, parts: 2 })).toBe(true);
  expect(await ledger.list()).toEqual([{ ...RECORD, parts: 2 }]);
  await ledger.remove(RECORD.path);
});

test("a page's writes in the list are reported to other pages", async () => {
  const [here, there] = await Promise.all([openLedger(), openLedger()]);
  const own = vi.fn();
  here.onChange(own);
  for (const write of [() => here.put(RECORD), () => here.remove(RECORD.path)]) {
    const told = new Promise<void>((resolve) => there.onChange(resolve));
    await write();
    await told;
  }
  expect(own).not.toHaveBeenCalled();
});

test("the list gives way to a newer page, which upgrades it", async () => {
  await openLedger();
  const upgrade = indexedDB.open("pipit-documents", 2);
  const upgraded = new Promise<string>((resolve) => {
    upgrade.onsuccess = () => resolve("upgraded");
    upgrade.onblocked = () => resolve("blocked");
  });
  expect(await upgraded).toBe("upgraded");
});
