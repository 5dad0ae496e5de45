import { createEngine, createMemoryStore, exactIndex, openCollection, type SearchEngine } from "@pipit/core";
import { beforeEach, describe, expect, test } from "vitest";
import { BAG_SPACE, createBagEmbedder } from "../../../../test/fixtures/bag-embedder.ts";
import { type IntakeProgress, takeIn } from "./intake.ts";
import { entryIds, type Ledger, type LedgerRecord } from "./ledger.ts";
import type { PickedFile } from "./picked-file.ts";
import { PART_CHARACTERS } from "./text-parts.ts";

let engine: SearchEngine;
let ledger: Ledger;

beforeEach(async () => {
  const store = createMemoryStore(BAG_SPACE);
  const collection = await openCollection({ store, index: exactIndex });
  engine = createEngine({ collection, embedder: createBagEmbedder(), backend: "memory", why: "a test" });
  ledger = memoryLedger();
});

describe("taking in files", () => {
  test("makes each file findable by its path", async () => {
    await take([picked("notes/lark.txt", "the lark ascending"), picked("notes/soup.md", "onion soup")]);
    const { hits } = await engine.search("lark", { k: 1 });
    expect(hits[0]?.entry.fields?.path).toBe("notes/lark.txt");
  });

  test("says what it left out and why, and stores the rest", async () => {
    const files = [
      picked("photo.jpg", "x"),
      picked("fake.txt", "PK\u0000"),
      picked("blank.txt", "  "),
      picked("real.txt", "words"),
    ];
    const { stored, skipped } = await take(files);
    expect(stored).toBe(1);
    expect(skipped.map(({ path }) => path)).toEqual(["photo.jpg", "fake.txt", "blank.txt"]);
    expect((await ledger.list()).map(({ path }) => path)).toEqual(["real.txt"]);
  });

  test("counts the files of which the model does not read all", async () => {
    const lark = picked("lark.txt", "Полевой жаворонок поёт. ".repeat(PART_CHARACTERS / 8));
    expect((await take([lark, picked("owl.txt", "The owl hunts.")])).unread).toBe(1);
    expect((await engine.search("жаворонок", { k: 1 })).hits[0]?.entry.fields?.path).toBe("lark.txt");
  });

  test("stores a long file in parts, all of which the ledger can remove", async () => {
    await take([picked("long.txt", "some words here. ".repeat(PART_CHARACTERS / 4))]);
    const record = await ledger.get("long.txt");
    const { entries } = await engine.stats();
    expect(entries).toBeGreaterThan(2);
    expect(await engine.remove(entryIds(record!))).toBe(entries);
  });

  test("leaves nothing of a longer version that stood under the same path", async () => {
    await take([picked("diary.txt", "an old and long story. ".repeat(PART_CHARACTERS / 4))]);
    await take([picked("diary.txt", "now it is short")]);
    expect((await engine.stats()).entries).toBe(1);
    expect((await ledger.get("diary.txt"))?.parts).toBe(1);
  });

  test("ends with a progress that counts every file", async () => {
    const seen: IntakeProgress[] = [];
    await take([picked("a.txt", "one"), picked("b.txt", "two")], { onProgress: (progress) => seen.push(progress) });
    expect(seen.at(-1)).toEqual({ files: 2, ofFiles: 2, entries: 2, bytes: 6, ofBytes: 6 });
  });
});

describe("a cancelled intake", () => {
  test("keeps and lists what was stored, and nothing that was not", async () => {
    const stop = new AbortController();
    const many = Array.from({ length: 400 }, (_, at) => picked(`${at}.txt`, `note number ${at}`));
    const { cancelled, stored } = await take(many, {
      signal: stop.signal,
      onProgress: ({ entries }) => entries > 0 && stop.abort(),
    });
    const { entries } = await engine.stats();
    expect(cancelled).toBe(true);
    expect(entries).toBeGreaterThan(0);
    expect(entries).toBeLessThan(400);
    expect([stored, (await ledger.list()).length]).toEqual([entries, entries]);
  });

  test("leaves the record of a file it was to replace but did not reach", async () => {
    await take([picked("kept.txt", "first version")]);
    const before = await ledger.get("kept.txt");
    await take([picked("kept.txt", "second version")], { signal: AbortSignal.abort() });
    expect(await ledger.get("kept.txt")).toEqual(before);
  });
});

test("a failure of the engine is the caller's to hear", async () => {
  const failing = { ...engine, add: () => Promise.reject(new Error("disk on fire")) } as SearchEngine;
  const taken = takeIn(
    [picked("a.txt", "one")],
    { engine: failing, ledger },
    { signal: never(), onProgress: () => undefined },
  );
  await expect(taken).rejects.toThrow("disk on fire");
});

interface TakeOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: IntakeProgress) => unknown;
}

function take(files: readonly PickedFile[], { signal = never(), onProgress }: TakeOptions = {}) {
  return takeIn(files, { engine, ledger }, { signal, onProgress: (progress) => void onProgress?.(progress) });
}

function never(): AbortSignal {
  return new AbortController().signal;
}

function picked(path: string, content: string): PickedFile {
  return { path, file: new File([content], path.split("/").at(-1) ?? path) };
}

function memoryLedger(): Ledger {
  const records = new Map<string, LedgerRecord>();
  return {
    list: async () => [...records.values()],
    get: async (path) => records.get(path),
    put: async (record) => void records.set(record.path, record),
    remove: async (path) => void records.delete(path),
  };
}
