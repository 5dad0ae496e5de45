import {
  createEngine,
  createMemoryStore,
  type Entry,
  exactIndex,
  type LocalEngine,
  openCollection,
  PipitError,
} from "@pipit/core";
import { BAG_SPACE, createBagEmbedder } from "@pipit/test/fixtures/bag-embedder";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { type IntakeProgress, takeIn } from "./intake.ts";
import type { FilesEngine } from "./intake-file.ts";
import { entryIds, type Ledger, type LedgerRecord, memoryLedger } from "./ledger.ts";
import type { PickedFile } from "./picked-file.ts";
import { PART_CHARACTERS } from "./text-parts.ts";

let engine: LocalEngine;
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

  test("makes each file findable by its name", async () => {
    await take([picked("doc/asoundrc.txt", "pcm and ctl"), picked("doc/general.md", "about asound")]);
    for (const query of ["asoundrc", "asoundrc.txt ", "doc general.md "]) {
      const { hits } = await engine.search(query, { k: 1 });
      expect(hits[0]?.entry.fields?.path).toBe(query.includes("general") ? "doc/general.md" : "doc/asoundrc.txt");
      expect(hits[0]?.evidence.words).toBeGreaterThan(0);
    }
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

  test("counts the files whose encoding was guessed", async () => {
    const latin = { path: "a.txt", file: new File([Uint8Array.of(0xfc, 0x62, 0x65, 0x72)], "a.txt") };
    expect((await take([latin, picked("b.txt", "über")])).guessed).toBe(1);
    expect((await engine.search("über", { k: 2 })).hits).toHaveLength(2);
  });

  test("stores a long file in parts, all of which the ledger can remove", async () => {
    await take([picked("long.txt", "some words here. ".repeat(PART_CHARACTERS / 4))]);
    const record = await ledger.get("long.txt");
    const { entries } = await engine.stats();
    expect(entries).toBeGreaterThan(2);
    expect(await engine.remove(entryIds(record!))).toBe(entries);
  });

  test("removes what remains of a longer version under the same path", async () => {
    await take([picked("diary.txt", "an old and long story. ".repeat(PART_CHARACTERS / 4))]);
    await take([picked("diary.txt", "now it is short")]);
    expect((await engine.stats()).entries).toBe(1);
    expect((await ledger.get("diary.txt"))?.parts).toBe(1);
  });

  test("writes the record of all parts before the first, marked until all are stored", async () => {
    const put = vi.spyOn(ledger, "put");
    await take([picked("long.txt", "some words here. ".repeat(PART_CHARACTERS / 4))]);
    const { entries } = await engine.stats();
    expect(put.mock.calls[0]?.[0].parts).toBeGreaterThanOrEqual(entries);
    expect(put.mock.calls[0]?.[0].cut).toBe(true);
    expect(await ledger.get("long.txt")).not.toHaveProperty("cut");
  });

  test("removes nothing if nothing was stored under the path", async () => {
    const remove = vi.spyOn(engine, "remove");
    await take([picked("a.txt", "one"), picked("b.txt", "two")]);
    expect(remove).not.toHaveBeenCalled();
  });

  test("stores a file to its end though some of its parts have no words", async () => {
    const { stored, cut } = await take([picked("gap.txt", `words${" ".repeat(PART_CHARACTERS * 3)}`)]);
    expect([stored, cut]).toEqual([1, 0]);
  });

  test("ends with a progress that counts every file, and begins with one that counts none", async () => {
    const seen: IntakeProgress[] = [];
    await take([picked("a.txt", "one"), picked("b.txt", "two")], { onProgress: (progress) => seen.push(progress) });
    expect(seen[0]).toEqual({ files: 0, ofFiles: 2, entries: 0, bytes: 0, ofBytes: 6 });
    expect(seen.at(-1)).toEqual({ files: 2, ofFiles: 2, entries: 2, bytes: 6, ofBytes: 6 });
  });
});

describe("a file that cannot be read", () => {
  const gone = new DOMException("The file is gone.", "NotReadableError");

  test("is left out of the stored files, and its bytes count as read", async () => {
    const seen: IntakeProgress[] = [];
    const onProgress = (progress: IntakeProgress) => seen.push(progress);
    const files = [breaking("gone.txt", gone), picked("b.txt", "words")];
    const { stored, skipped, failure } = await take(files, { onProgress });
    expect([stored, failure]).toEqual([1, undefined]);
    expect(skipped).toEqual([{ path: "gone.txt", why: "the browser could not read it any more" }]);
    expect(seen.at(-1)).toMatchObject({ bytes: seen.at(-1)?.ofBytes });
    expect((await ledger.list()).map(({ path }) => path)).toEqual(["b.txt"]);
  });

  test("to its end is stored up to the failure, and marked", async () => {
    const files = [breaking("long.txt", gone, "some words here. ".repeat(PART_CHARACTERS / 4))];
    const { stored, cut } = await take(files);
    expect([stored, cut]).toEqual([0, 1]);
    const { parts } = (await ledger.get("long.txt"))!;
    expect((await engine.stats()).entries).toBe(parts);
  });

  test.each([
    ["a fault of ours", new TypeError("no such method")],
    ["an abort", new DOMException("Stopped.", "AbortError")],
  ])("is not the reason for %s, which ends the intake", async (_, error) => {
    const { skipped, failure, cancelled } = await take([breaking("a.txt", error), picked("b.txt", "words")]);
    expect(skipped).toEqual([]);
    expect(cancelled || failure !== undefined).toBe(true);
  });
});

describe("a cancelled intake", () => {
  test("stores and lists exactly the acknowledged files", async () => {
    const stop = new AbortController();
    const many = Array.from({ length: 400 }, (_, at) => picked(`${at}.txt`, `note number ${at}`));
    const { cancelled, stored, failure } = await take(many, {
      signal: stop.signal,
      onProgress: ({ entries }) => entries > 0 && stop.abort(),
    });
    const { entries } = await engine.stats();
    expect([cancelled, failure]).toEqual([true, undefined]);
    expect(entries).toBeGreaterThan(0);
    expect(entries).toBeLessThan(400);
    expect([stored, (await ledger.list()).length]).toEqual([entries, entries]);
  });

  test("lists no file that was begun while the engine rejected", async () => {
    const { put } = ledger;
    const slow = (record: LedgerRecord) => new Promise((later) => setTimeout(later, 20)).then(() => put(record));
    ledger = { ...ledger, put: slow };
    const stop = new AbortController();
    const add: FilesEngine["add"] = async (entries) => {
      void (entries as AsyncGenerator<Entry>).next();
      stop.abort();
      throw stop.signal.reason;
    };
    const { cancelled } = await take([picked("a.txt", "one")], {
      signal: stop.signal,
      engine: { ...addingThen(0, new Error()), add },
    });
    await new Promise((later) => setTimeout(later, 40));
    expect([cancelled, await ledger.list()]).toEqual([true, []]);
  });

  test("before its start removes nothing of a file that is empty now", async () => {
    await take([picked("kept.txt", "first version")]);
    const { cancelled, emptied } = await take([picked("kept.txt", "")], { signal: AbortSignal.abort() });
    expect([cancelled, emptied, (await engine.stats()).entries]).toEqual([true, [], 1]);
  });

  test("keeps the record of a file that it did not reach", async () => {
    await take([picked("kept.txt", "first version")]);
    const before = await ledger.get("kept.txt");
    await take([picked("kept.txt", "second version")], { signal: AbortSignal.abort() });
    expect(await ledger.get("kept.txt")).toEqual(before);
  });
});

describe("a file without words", () => {
  test.each([
    ["emptied", ""],
    ["blank", " \n"],
  ])("that is %s loses its stored entries, and is reported", async (_, content) => {
    await take([picked("plan.txt", `the secret launch date ${"and more. ".repeat(PART_CHARACTERS / 4)}`)]);
    const { stored, emptied, skipped } = await take([picked("plan.txt", content), picked("b.txt", "words")]);
    expect([stored, emptied, skipped]).toEqual([1, ["plan.txt"], []]);
    expect((await ledger.list()).map(({ path }) => path)).toEqual(["b.txt"]);
    expect((await engine.stats()).entries).toBe(1);
  });

  test("that was never stored is left out", async () => {
    const { emptied, skipped } = await take([picked("plan.txt", ""), picked("blank.txt", " ")]);
    expect(emptied).toEqual([]);
    expect(skipped.map(({ why }) => why)).toEqual(["empty", "no words in it"]);
  });
});

describe("while others are read", () => {
  const long = () => picked("long.txt", "some words here. ".repeat(PART_CHARACTERS * 40));
  /** Takes in two files, and calls `then` when the first is stored. */
  async function takeBoth(then: () => Promise<void>) {
    let done: Promise<void> | undefined;
    const onProgress = ({ files }: IntakeProgress) => {
      if (files === 1) done ??= then();
    };
    const summary = await take([picked("first.txt", "the heron stands"), long()], { onProgress });
    await done;
    return summary;
  }

  test("a file that is stored has the record of a whole one", async () => {
    let record: unknown;
    await takeBoth(async () => {
      await new Promise((later) => setTimeout(later));
      record = await ledger.get("first.txt");
    });
    expect(record).not.toHaveProperty("cut");
    expect(record).toMatchObject({ parts: 1 });
  });

  test.each(["first.txt", "long.txt"])("%s can be removed, and stays so", async (path) => {
    await takeBoth(async () => {
      await engine.remove(entryIds((await ledger.get(path))!));
      await ledger.remove(path);
    });
    const left = (await ledger.list()).map((record) => record.path);
    expect(left).toEqual(["first.txt", "long.txt"].filter((each) => each !== path));
    const { entries } = await engine.stats();
    expect(entries).toBe((await ledger.get(left[0]!))!.parts);
  });

  test("a file that was removed is not counted as stored", async () => {
    const { stored, cut } = await takeBoth(async () => {
      await ledger.remove("long.txt");
    });
    expect([stored, cut]).toEqual([1, 0]);
  });
});

describe("files of the same name", () => {
  test("in one pick are both kept, under different names", async () => {
    const { stored, replaced } = await take([
      picked("same.txt", "the heron stands"),
      picked("same.txt", "the kite circles"),
    ]);
    expect([stored, replaced]).toEqual([2, 0]);
    expect((await ledger.list()).map(({ path }) => path)).toEqual(["same.txt", "same.txt (2)"]);
    expect((await engine.search("heron")).hits[0]?.id).toBe("same.txt");
    expect((await engine.search("kite")).hits[0]?.id).toBe("same.txt (2)");
  });

  test("in two picks are one file, and the summary says so", async () => {
    await take([picked("same.txt", "the heron stands")]);
    const { stored, replaced } = await take([picked("same.txt", "the kite circles")]);
    expect([stored, replaced]).toEqual([1, 1]);
  });
});

test("a path too long for an id is left out, and the rest is stored", async () => {
  const { stored, skipped } = await take([picked(`${"deep/".repeat(120)}a.txt`, "one"), picked("b.txt", "two")]);
  expect([stored, skipped[0]?.why]).toEqual([1, "a path of more than 500 characters"]);
});

test("a file that has grown too large keeps its former version", async () => {
  await engine.add([{ id: "a.html", text: "the heron stands" }]);
  await ledger.put({ path: "a.html", bytes: 19, parts: 1, addedAt: 0 });
  const grown = picked("a.html", "<p>the heron stands");
  Object.defineProperty(grown.file, "size", { value: 20_000_001 });
  const { emptied, skipped } = await take([grown]);
  expect([emptied, skipped[0]?.why]).toEqual([[], "an HTML file of more than 20 MB"]);
  expect((await engine.search("heron")).hits[0]?.id).toBe("a.html");
});

test("a file that is no longer text keeps its former version, and the summary says so", async () => {
  await take([picked("a.txt", "the heron stands")]);
  const { skipped } = await take([picked("a.txt", "PK\u0000")]);
  expect(skipped[0]?.why).toMatch(/what was stored of it before stays$/);
  expect(await ledger.get("a.txt")).toMatchObject({ bytes: 16 });
});

describe("a failure in the middle", () => {
  test("is reported with the number of stored files, and the list is right", async () => {
    const full = fullQuota(2);
    const failing = addingThen(2, full);
    const files = ["one", "two", "three", "four"].map((text) => picked(`${text}.txt`, text));
    const { stored, failure } = await take(files, { engine: failing });
    expect([stored, failure]).toEqual([2, full]);
    expect((await ledger.list()).map(({ path }) => path)).toEqual(["one.txt", "two.txt"]);
    expect((await engine.stats()).entries).toBe(2);
  });

  test("of a long file keeps its beginning, and marks it", async () => {
    const full = fullQuota(1);
    const long = picked("long.txt", "some words here. ".repeat(PART_CHARACTERS / 4));
    const { stored, cut } = await take([long], { engine: addingThen(1, full) });
    expect([stored, cut]).toEqual([0, 1]);
    expect(await ledger.get("long.txt")).toMatchObject({ parts: 1, cut: true });
  });

  test("after all parts were handed out removes those that were not reported as stored", async () => {
    const full = fullQuota(1);
    const add: FilesEngine["add"] = async (entries) => {
      await engine.add(entries);
      throw full;
    };
    const long = picked("long.txt", "some words here. ".repeat(PART_CHARACTERS / 4));
    const { stored, cut } = await take([long], { engine: { ...addingThen(0, full), add } });
    expect([stored, cut, (await engine.stats()).entries]).toEqual([0, 1, 1]);
  });

  test("leaves a record of all parts that a longer version has, until they are removed", async () => {
    await take([picked("diary.txt", "an old and long story. ".repeat(PART_CHARACTERS / 4))]);
    const { parts } = (await ledger.get("diary.txt"))!;
    const put = vi.spyOn(ledger, "put");
    await take([picked("diary.txt", "now it is short")]);
    expect(put.mock.calls[0]?.[0].parts).toBeGreaterThanOrEqual(parts);
  });

  test("of one file's record is reported, and the records of the others are right", async () => {
    const { replace } = ledger;
    const broken = new Error("no list");
    ledger = { ...ledger, replace: (record) => (record.path === "a.txt" ? Promise.reject(broken) : replace(record)) };
    const { stored, failure } = await take([picked("a.txt", "one"), picked("b.txt", "two")]);
    expect([stored, failure]).toEqual([2, broken]);
    expect(await ledger.get("b.txt")).toMatchObject({ parts: 1 });
  });

  test("is reported before that of a record which follows from it", async () => {
    const [first, second] = [new Error("no engine"), new Error("no list")];
    ledger = { ...ledger, remove: () => Promise.reject(second) };
    const { failure } = await take([picked("a.txt", "one")], { engine: addingThen(0, first) });
    expect(failure).toBe(first);
  });

  test("of the list is not blamed on a file", async () => {
    const full = fullQuota();
    ledger = { ...ledger, put: () => Promise.reject(full) };
    const { stored, skipped, failure } = await take([picked("a.txt", "one")]);
    expect([stored, skipped]).toEqual([0, []]);
    expect(failure).toMatchObject({ code: "storage-full", got: "a full quota" });
    expect((await engine.stats()).entries).toBe(0);
  });
});

function fullQuota(stored?: number): PipitError {
  return new PipitError("storage-full", { got: "a full quota", expected: "room", do: "Remove some.", stored });
}

/** Stores `stored` entries of a call, then fails. */
function addingThen(stored: number, failure: Error): FilesEngine {
  return {
    entriesOf: (ids) => engine.entriesOf(ids),
    remove: (ids) => engine.remove(ids),
    add: async (entries) => {
      const kept: Entry[] = [];
      for await (const entry of entries) if (kept.push(entry) > stored) break;
      await engine.add(kept.slice(0, stored));
      throw failure;
    },
  };
}

interface TakeOptions {
  readonly signal?: AbortSignal;
  readonly engine?: FilesEngine;
  readonly onProgress?: (progress: IntakeProgress) => unknown;
}

function take(files: readonly PickedFile[], options: TakeOptions = {}) {
  const { signal = never(), onProgress } = options;
  return takeIn(
    files,
    { engine: options.engine ?? engine, ledger },
    { signal, onProgress: (progress) => void onProgress?.(progress) },
  );
}

function never(): AbortSignal {
  return new AbortController().signal;
}

/** A file that returns its content and then fails. Its encoding is detected from its head and the whole file, before that. */
function breaking(path: string, error: Error, content = ""): PickedFile {
  const { file } = picked(path, `${content} `);
  let streams = 0;
  file.stream = () => {
    const isWhole = ++streams === 1 && content !== "";
    return new ReadableStream({
      start: (controller) => void (content && controller.enqueue(new TextEncoder().encode(content))),
      pull: (controller) => (isWhole ? controller.close() : controller.error(error)),
    });
  };
  return { path, file };
}

function picked(path: string, content: string): PickedFile {
  return { path, file: new File([content], path.split("/").at(-1) ?? path) };
}
