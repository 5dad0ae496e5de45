import { PipitError, type StoreChange, type StoredEntry } from "@pipit/core";
import { BAG_SPACE } from "@pipit/test/fixtures/bag-embedder";
import { expect, test, vi } from "vitest";
import { openSqlite } from "../node/sqlite/sqlite.ts";
import type { SqlDatabase } from "./sql-database.ts";
import { openSqlStore } from "./sql-store.ts";

/** A database whose turns may be lost: each holder has a lease, and no holder waits for another. */
async function openLeasing() {
  const database = await openSqlite(":memory:");
  let leases = 0;
  const presented: unknown[] = [];
  const leasing: SqlDatabase = {
    batch(statements) {
      const [turn] = statements;
      if (turn?.sql.includes("holder IS")) presented.push(turn.values.at(-1));
      // SQLite has no leases, so the presented lease is replaced by null.
      return database.batch(
        statements.map((statement) =>
          statement === turn && turn.sql.includes("holder IS")
            ? { ...turn, values: [...turn.values.slice(0, -1), null] }
            : statement,
        ),
      );
    },
    whileFull: (work) => work(),
    isInPlace: () => true,
    exclusively: (_, work) => work(`lease ${++leases}`),
    close: () => database.close(),
  };
  return { leasing, presented };
}

test("a writer that was too slow does not end the next one's turn", async () => {
  const { leasing, presented } = await openLeasing();
  const store = await openSqlStore(leasing, "docs", BAG_SPACE);
  const [slow, next] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const first = store.exclusively(() => slow.promise);
  const second = store.exclusively(async () => {
    await next.promise;
    await store.write({ remove: ["a"] });
  });
  slow.resolve();
  await first;
  next.resolve();
  await second;
  expect(presented).toEqual(["lease 2"]);
});

test("a removal without a tombstone, made while changes are read, is told by the next reading", async () => {
  const database = await openSqlite(":memory:");
  const [reader, writer] = [
    await openSqlStore(database, "docs", BAG_SPACE),
    await openSqlStore(database, "docs", BAG_SPACE),
  ];
  const entry = (id: string, row: number): StoredEntry => ({
    id,
    text: id,
    fields: {},
    producer: "bag",
    provisional: false,
    passages: [{ row, start: 0, end: 1 }],
    vectors: new Float32Array(BAG_SPACE.dimensions),
  });
  await writer.write({ put: [entry("kept", 0), entry("gone", 1)] });
  const { sequence: since } = await reader.state();
  const batch = database.batch.bind(database);
  const isFull = new PipitError("storage-full", { got: "a", expected: "b", do: "c" });
  // The reader has read the head: now a full disk removes an entry, and then there is room again for another one.
  vi.spyOn(database, "batch").mockImplementationOnce(async (statements) => {
    const head = await batch(statements);
    vi.mocked(database.batch).mockRejectedValueOnce(isFull);
    await writer.write({ remove: ["gone"] });
    await writer.write({ put: [entry("late", 2)] });
    return head;
  });
  const read = async (from: number) => {
    const changes: StoreChange[] = [];
    for await (const page of reader.changes(from)) changes.push(...page);
    return changes;
  };
  const first = await read(since);
  const seen = Math.max(since, ...first.map(({ sequence }) => sequence));
  const rest = await read(seen);
  expect(rest.map((change) => (change.kind === "only" ? [...change.ids].sort() : change.kind))).toEqual([
    "put",
    ["kept", "late"],
  ]);
});

test("texts are read without touching the column of vectors", async () => {
  const database = await openSqlite(":memory:");
  const store = await openSqlStore(database, "docs", BAG_SPACE);
  const batch = vi.spyOn(database, "batch");
  await store.readTexts(["a"]);
  expect(batch.mock.calls.flat(2).map((statement) => statement.sql)).toEqual([
    expect.stringMatching(/^SELECT id, text, fields, passages FROM entries/),
  ]);
});

test("a removal that fails is tried again without tombstones on a full disk only", async () => {
  const { leasing } = await openLeasing();
  const store = await openSqlStore(leasing, "docs", BAG_SPACE);
  const failure = (code: "storage-full" | "storage-blocked") =>
    new PipitError(code, { got: "a", expected: "b", do: "c" });
  const whileFull = vi.spyOn(leasing, "whileFull");
  vi.spyOn(leasing, "batch").mockRejectedValueOnce(failure("storage-blocked"));
  await expect(store.write({ remove: ["a"] })).rejects.toMatchObject({ code: "storage-blocked" });
  expect(whileFull).not.toHaveBeenCalled();
  vi.spyOn(leasing, "batch").mockRejectedValueOnce(failure("storage-full"));
  await store.write({ remove: ["a"] });
  expect(whileFull).toHaveBeenCalledOnce();
});

test("a write after a turn presents no lease of it", async () => {
  const { leasing, presented } = await openLeasing();
  const store = await openSqlStore(leasing, "docs", BAG_SPACE);
  await store.exclusively(() => store.write({ remove: ["a"] }));
  await store.write({ remove: ["a"] });
  expect(presented).toEqual(["lease 1", null]);
});

test("collections of one database that are made at once have each a time of its own, which tells their snapshots apart", async () => {
  const database = await openSqlite(":memory:");
  const made = await Promise.all(["a", "b", "c"].map((name) => openSqlStore(database, name, BAG_SPACE)));
  const times = made.map(({ createdAt }) => createdAt);
  expect(new Set(times).size).toBe(3);
  expect(times.every(Number.isInteger)).toBe(true);
  const again = await openSqlStore(database, "b", BAG_SPACE);
  expect(again.createdAt).toBe(times[1]);
  await database.close();
});
