import type { Entry } from "@pipit/core";
import { describe, expect, test, vi } from "vitest";
import { EntryFeed } from "./entry-feed.ts";

const entries = (count: number, text = "a bird"): Entry[] =>
  Array.from({ length: count }, (_, at) => ({ id: `${at}`, text }));

describe("a message to the worker", () => {
  test("has 64 entries at most, and the one after the last has none", async () => {
    const feed = new EntryFeed(entries(70));
    expect([(await feed.pull()).length, (await feed.pull()).length, (await feed.pull()).length]).toEqual([64, 6, 0]);
  });

  test("ends with the entry that makes it longer than 256 Ki characters", async () => {
    const feed = new EntryFeed(entries(6, "x".repeat(90_000)));
    expect([(await feed.pull()).length, (await feed.pull()).length]).toEqual([3, 3]);
  });

  test("holds what an asynchronous source gives", async () => {
    async function* source() {
      yield* entries(2);
    }
    expect((await new EntryFeed(source()).pull()).map(({ id }) => id)).toEqual(["0", "1"]);
  });
});

test("the error of a source stays the same object", async () => {
  const broken = new Error("no such file");
  function* source(): Generator<Entry> {
    yield { id: "a", text: "a bird" };
    throw broken;
  }
  const feed = new EntryFeed(source());
  await expect(feed.pull()).rejects.toBe(broken);
  expect(feed.failure?.error).toBe(broken);
});

test("an entry that a message cannot carry is refused before it is sent", async () => {
  const feed = new EntryFeed([{ id: "a", text: 7 } as unknown as Entry]);
  await expect(feed.pull()).rejects.toMatchObject({ code: "bad-input" });
});

describe("the end of a feed", () => {
  test("lets its source clean up, and is no failure where that fails", async () => {
    const cleaned = vi.fn(() => Promise.reject(new Error("closed already")));
    const source = {
      [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: entries(1)[0]! }), return: cleaned }),
    };
    const feed = new EntryFeed(source as unknown as AsyncIterable<Entry>);
    feed.end();
    expect(cleaned).toHaveBeenCalledOnce();
    // Waits a task: an unhandled rejection would fail the run.
    await new Promise((done) => setTimeout(done));
  });

  test("needs nothing of a source that cannot clean up", () => {
    const source = { [Symbol.iterator]: () => ({ next: () => ({ done: true, value: undefined }) }) };
    expect(() => new EntryFeed(source as unknown as Iterable<Entry>).end()).not.toThrow();
  });
});
