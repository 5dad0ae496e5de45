import { recallOf, rowsFrom, truthOf } from "@pipit/test/fixtures/recall";
import { clusteredVectors, rowAt, seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import { expect, test } from "vitest";
import { loadHnswIndex } from "../../node.ts";

const [COUNT, D] = [12_000, 16];

// More rows are allowed than are scanned for their number alone, and none of them is where the query points.
test("the nearest of many allowed rows are found when all of these lie on the far side (seed 91)", async () => {
  const random = seeded(91);
  const vectors = clusteredVectors(random, COUNT, uniformVectors(random, 60, D), D);
  const index = await (await loadHnswIndex()).create(D);
  await index.add(rowsFrom(0, COUNT), vectors);
  const truth = await truthOf(rowsFrom(0, COUNT), vectors);
  const query = rowAt(vectors, 5, D).slice();
  const { rows } = await truth.search(query, { k: COUNT });
  const filter = new Uint32Array(COUNT / 32);
  for (const row of rows.subarray(COUNT / 2)) filter[row >>> 5]! |= 1 << (row & 31);
  const recall = await recallOf(index, truth, { queries: query, k: 10, filter });
  expect(recall).toBeGreaterThanOrEqual(0.9);
});
