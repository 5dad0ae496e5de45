import { expect, test, vi } from "vitest";
import { keepNote, keptNote } from "./kept-note.ts";

test("a note is kept", () => {
  const notes = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => notes.get(key) ?? null,
    setItem: (key: string, value: string) => void notes.set(key, value),
  });
  expect(keptNote("a")).toBeUndefined();
  keepNote("a", "1");
  expect(keptNote("a")).toBe("1");
});

test("where site data is blocked no note is stored, and storing one does not fail", () => {
  const refuse = () => {
    throw new DOMException("blocked", "SecurityError");
  };
  vi.stubGlobal("localStorage", { getItem: refuse, setItem: refuse });
  expect(keptNote("a")).toBeUndefined();
  expect(() => keepNote("a", "1")).not.toThrow();
});
