import { createEngine, createMemoryStore, type Entry, exactIndex, type LocalEngine, openCollection } from "@pipit/core";
import { BAG_SPACE, createBagEmbedder } from "@pipit/test/fixtures/bag-embedder";
import { passageOf } from "@pipit/widget/marked-part";
import { beforeEach, describe, expect, test } from "vitest";
import { takeIn } from "./intake.ts";
import type { FilesEngine } from "./intake-file.ts";
import { type Ledger, memoryLedger } from "./ledger.ts";
import { mendLedger } from "./mend-ledger.ts";
import type { PickedFile } from "./picked-file.ts";
import { PART_CHARACTERS } from "./text-parts.ts";

let engine: LocalEngine;
let ledger: Ledger;

beforeEach(async () => {
  const collection = await openCollection({ store: createMemoryStore(BAG_SPACE), index: exactIndex });
  engine = createEngine({ collection, embedder: createBagEmbedder(), backend: "memory", why: "a test" });
  ledger = memoryLedger();
});

const picked = (path: string, content: string): PickedFile => ({ path, file: new File([content], path) });

function take(file: PickedFile, into: FilesEngine = engine) {
  return takeIn(
    [file],
    { engine: into, ledger },
    { signal: new AbortController().signal, onProgress: () => undefined },
  );
}

describe("a second reading that ends with its page", () => {
  const old = () => picked("diary.txt", `${"an old story. ".repeat(PART_CHARACTERS / 2)} the wedding`);
  const now = () => picked("diary.txt", "something new. ".repeat(PART_CHARACTERS / 2));
  const wedding = async () => {
    const [hit] = (await engine.search("wedding", { k: 1 })).hits;
    return hit && passageOf(hit).text;
  };

  /** Stores `parts` parts of the new version, records them if `isTold`, and never ends. */
  async function leaveAfter(parts: number, { isTold = true, file = now() } = {}): Promise<void> {
    let left: () => void;
    const isLeft = new Promise<void>((done) => {
      left = done;
    });
    const add: FilesEngine["add"] = async (entries, options) => {
      const kept: Entry[] = [];
      for await (const entry of entries) if (kept.push(entry) > parts) break;
      await engine.add(kept.slice(0, parts));
      if (parts > 0 && isTold) options?.onProgress?.({ done: parts });
      setTimeout(left);
      return new Promise(() => undefined);
    };
    void take(file, { remove: engine.remove.bind(engine), entriesOf: engine.entriesOf.bind(engine), add });
    await isLeft;
  }

  test("leaves nothing of the earlier version after it is mended, and the list is right", async () => {
    await take(old());
    await leaveAfter(2);
    expect(await wedding()).toContain("wedding");
    expect(await mendLedger(engine, ledger)).toBe(true);
    expect(await wedding()).not.toContain("wedding");
    expect(await ledger.get("diary.txt")).toMatchObject({ parts: 2, cut: true, bytes: now().file.size });
    expect([(await engine.stats()).entries, await mendLedger(engine, ledger)]).toEqual([2, false]);
  });

  test("before anything was stored leaves the earlier version as it was", async () => {
    await take(old());
    const before = await ledger.get("diary.txt");
    await leaveAfter(0);
    await mendLedger(engine, ledger);
    expect([await ledger.get("diary.txt"), (await engine.stats()).entries]).toEqual([before, before?.parts]);
    expect(await wedding()).toContain("wedding");
  });

  test("after something was stored, and before that was noted, leaves nothing of the earlier version either", async () => {
    await take(old());
    await leaveAfter(2, { isTold: false });
    await mendLedger(engine, ledger);
    expect(await wedding()).not.toContain("wedding");
    expect([await ledger.get("diary.txt"), (await engine.stats()).entries]).toMatchObject([{ parts: 1, cut: true }, 1]);
  });

  test("leaves nothing of the earlier version where a search for the new text would exclude it", async () => {
    await take(old());
    const file = picked("diary.txt", 'All but the draft: -draft, not "the old draft". '.repeat(PART_CHARACTERS / 8));
    await leaveAfter(1, { isTold: false, file });
    await mendLedger(engine, ledger);
    expect(await wedding()).not.toContain("wedding");
    expect([await ledger.get("diary.txt"), (await engine.stats()).entries]).toMatchObject([{ parts: 1, cut: true }, 1]);
  });

  test("twice is mended too", async () => {
    await take(old());
    await leaveAfter(2);
    await leaveAfter(0);
    await mendLedger(engine, ledger);
    expect([await ledger.get("diary.txt"), (await engine.stats()).entries]).toMatchObject([{ parts: 2, cut: true }, 2]);
    expect(await ledger.get("diary.txt")).not.toHaveProperty("replacing");
  });

  test("is not mended if it was finished, nor listed again if it was removed", async () => {
    await take(old());
    await take(now());
    expect(await mendLedger(engine, ledger)).toBe(false);
    await leaveAfter(1);
    const { list } = ledger;
    const removedMeanwhile = async () => {
      const records = await list();
      await ledger.remove("diary.txt");
      return records;
    };
    await mendLedger(engine, { ...ledger, list: removedMeanwhile });
    expect(await list()).toEqual([]);
  });
});
