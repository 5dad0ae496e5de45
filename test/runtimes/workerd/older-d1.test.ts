import { env } from "cloudflare:workers";
import type { StoredEntry } from "@pipit/core";
import { openD1, openSqlStore } from "@pipit/edge/worker";
import { expect, test } from "vitest";
import { BAG_SPACE } from "../../fixtures/bag-embedder.ts";

const entry = (id: string, row: number): StoredEntry => ({
  id,
  text: id,
  fields: {},
  passages: [{ row, start: 0, end: 1 }],
  vectors: new Float32Array(BAG_SPACE.dimensions).fill(0.125),
  producer: "bag",
  provisional: false,
});

test("isolates that open a database without a column for token vectors at the same time keep its entries and take token vectors", async () => {
  const old = await openSqlStore(await openD1(env.DB), "older", BAG_SPACE);
  await old.write({ put: [entry("old", 0)] });
  // As the version before made the table.
  await env.DB.prepare("ALTER TABLE entries DROP COLUMN tokens").run();
  const opened = await Promise.all([openD1(env.DB), openD1(env.DB), openD1(env.DB)]);
  const [one, two] = await Promise.all(opened.map((database) => openSqlStore(database, "older", BAG_SPACE)));
  const tokens = { space: "0".repeat(32), counts: [2], bits: Uint8Array.of(1, 2, 3, 4) };
  await one!.write({ put: [{ ...entry("new", 1), tokens }] });
  expect(await two!.getMany(["old", "new"])).toEqual([entry("old", 0), { ...entry("new", 1), tokens }]);
});
