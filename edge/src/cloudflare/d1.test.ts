import type { StoredEntry } from "@pipit/core";
import { BAG_SPACE } from "@pipit/test/fixtures/bag-embedder";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { d1Over } from "../../fixtures/d1-binding.ts";
import { type SqlDatabase, sql } from "../sql/sql-database.ts";
import { openSqlStore } from "../sql/sql-store.ts";
import { openD1 } from "./d1.ts";

function entry(id: string, text = "a bird"): StoredEntry {
  const vectors = new Float32Array(BAG_SPACE.dimensions);
  return {
    id,
    text,
    fields: {},
    passages: [{ row: 0, start: 0, end: 4 }],
    vectors,
    producer: "bag",
    provisional: false,
  };
}

let sqlite: SqlDatabase;
let fails: Error[];
let database: SqlDatabase;

beforeEach(async () => {
  const made = await d1Over();
  ({ sqlite, fails } = made);
  database = await openD1(made.binding);
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await sqlite.close();
});

const openBirds = () => openSqlStore(database, "birds", BAG_SPACE);

test("writers take turns, and each turn ends with its work, also where that fails", async () => {
  const store = await openBirds();
  const seen: string[] = [];
  const turn = (name: string) =>
    store.exclusively(async () => {
      seen.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      seen.push(`${name} ends`);
      throw new Error(name);
    });
  const [one, two] = await Promise.allSettled([turn("one"), turn("two")]);
  expect([one, two]).toMatchObject([{ reason: new Error("one") }, { reason: new Error("two") }]);
  expect(seen).toHaveLength(4);
  expect(seen[1]).toBe(seen[0]?.replace("begins", "ends"));
});

test("the turn of a writer that died is taken over when its time is up, and its late write is refused", async () => {
  const [dead, next] = [await openBirds(), await openBirds()];
  const late = Promise.withResolvers<void>();
  const writing = dead.exclusively(() => late.promise.then(() => dead.write({ put: [entry("late")] })));
  const refused = expect(writing).rejects.toMatchObject({
    code: "storage-blocked",
    got: expect.stringContaining("run out"),
  });
  await vi.waitFor(async () => expect(await holder()).not.toBeNull());
  await sqlite.batch([sql("UPDATE collections SET held_until = unixepoch('subsec') - 1")]);
  await next.exclusively(async () => {
    late.resolve();
    await refused;
    await next.write({ put: [entry("next")] });
  });
  expect((await next.getMany(["late", "next"])).map((found) => found?.id)).toEqual([undefined, "next"]);
});

const holder = async () => (await sqlite.batch([sql("SELECT holder FROM collections")]))[0]?.[0]?.holder;

test("a writer that gets no turn in 25 seconds is told so", async () => {
  const store = await openBirds();
  await sqlite.batch([sql("UPDATE collections SET holder = 'another', held_until = unixepoch('subsec') + 1000")]);
  vi.useFakeTimers();
  let hasRun = false;
  const waiting = store.exclusively(async () => {
    hasRun = true;
  });
  const refused = expect(waiting).rejects.toMatchObject({ code: "storage-blocked" });
  await vi.advanceTimersByTimeAsync(26_000);
  await refused;
  expect(hasRun).toBe(false);
});

test("a failure to release a turn does not replace the result of its work", async () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const store = await openBirds();
  const result = await store.exclusively(async () => {
    fails.push(new Error("D1_ERROR: the network is gone"));
    return "stored";
  });
  expect(result).toBe("stored");
  expect(String(warned.mock.calls)).toContain("the network is gone");
});

describe("an entry", () => {
  test.each([
    ["whose text takes too many bytes", entry("large", "x".repeat(640_000))],
    ["whose vectors take too many bytes", { ...entry("large"), vectors: new Float32Array(480_000) }],
  ])("%s for a row is refused, with those of its write", async (_, large) => {
    const store = await openBirds();
    const writing = store.write({ put: [entry("small"), large] });
    await expect(writing).rejects.toMatchObject({ code: "bad-input", got: expect.stringMatching(/\d{7} bytes/) });
    expect((await store.state()).count).toBe(0);
  });

  test("that fits into a row is stored", async () => {
    const store = await openBirds();
    const fitting = { ...entry("fits", "x".repeat(200_000)), vectors: new Float32Array(300_000) };
    expect((await store.write({ put: [fitting] })).count).toBe(1);
  });

  test("that does not fit with its token vectors is stored without them", async () => {
    const store = await openBirds();
    const tokens = (count: number) => ({ space: "5".repeat(32), counts: [count], bits: new Uint8Array(count * 16) });
    const text = "x".repeat(400_000);
    const put = [
      { ...entry("few", text), tokens: tokens(20_000) },
      { ...entry("many", text), tokens: tokens(60_000) },
    ];
    await store.write({ put });
    const [few, many] = await store.getMany(["few", "many"]);
    expect(few?.tokens).toEqual(tokens(20_000));
    expect([many?.text, many?.tokens]).toEqual([text, undefined]);
  });
});

test.each([
  ["storage-full", new Error("D1_ERROR: Exceeded maximum DB size")],
  ["storage-full", new Error("D1_ERROR: database or disk is full: SQLITE_FULL")],
  ["storage-failed", new Error("D1_ERROR: Network connection lost.")],
])("fails with %s for %s, and has the reason", async (code, failure) => {
  const store = await openBirds();
  fails.push(failure);
  await expect(store.write({ put: [entry("a")] })).rejects.toMatchObject({ code, cause: failure });
});

test("a full database gives entries up", async () => {
  const store = await openBirds();
  await store.write({ put: [entry("a"), entry("b")] });
  fails.push(new Error("D1_ERROR: Exceeded maximum DB size"));
  expect((await store.write({ remove: ["a"] })).count).toBe(1);
});
