import "fake-indexeddb/auto";
import { afterEach, expect, test, vi } from "vitest";
import { turnOf } from "./idb-turn.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("without locks, a turn leaves no database open, also when its work fails", async () => {
  vi.stubGlobal("navigator", {});
  const [opened, closed] = [vi.spyOn(IDBFactory.prototype, "open"), vi.spyOn(IDBDatabase.prototype, "close")];
  const turn = turnOf("a");
  expect(await turn(async () => "done")).toBe("done");
  await expect(turn(() => Promise.reject(new Error("mine")))).rejects.toThrow("mine");
  expect([opened.mock.calls.length, closed.mock.calls.length]).toEqual([2, 2]);
});

test("with locks, a turn opens no database", async () => {
  const opened = vi.spyOn(IDBFactory.prototype, "open");
  expect(await turnOf("a")(async () => "done")).toBe("done");
  expect(opened).not.toHaveBeenCalled();
});
