import { PipitError } from "@pipit/core";
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
