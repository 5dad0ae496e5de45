import type { VectorIndex } from "@pipit/core";
import { loadExactIndex, loadHnswIndex } from "@pipit/wasm/node";
import { expect, test } from "vitest";
import { countFound } from "../fixtures/found.ts";
import { recallOf, rowsFrom } from "../fixtures/recall.ts";
import { clusteredVectors, gauss, rowAt, seeded, uniformVectors } from "../fixtures/seeded.ts";

const seed = Number(process.env.PIPIT_SEED ?? 5);
const [COUNT, D, ASKED, K] = [16_000, 384, 30, 10];

/** Rows whose lengths differ by a factor of ten or more. By inner product the longest are near to most queries. */
function unevenRows(): { readonly vectors: Float32Array; readonly queries: Float32Array } {
  const random = seeded(seed);
  const vectors = clusteredVectors(random, COUNT, uniformVectors(random, 200, D), D);
  for (let row = 0; row < COUNT; row++) {
    const length = Math.exp(0.7 * gauss(random));
    for (let i = row * D; i < (row + 1) * D; i++) vectors[i]! *= length;
  }
  return { vectors, queries: uniformVectors(random, ASKED, D) };
}

test("a scan by bits finds neighbours by the inner product among rows of any length, opened again too", async () => {
  const { vectors, queries } = unevenRows();
  const truth = await (await loadExactIndex()).create(D);
  const kind = await loadExactIndex({ firstPass: "bit" });
  const index = await kind.create(D);
  for (const each of [truth, index]) await each.add(rowsFrom(0, COUNT), vectors);
  await index.holdRecall();
  const opened = await kind.open(await index.save(), D);
  const recallOf = async (asked: VectorIndex) => {
    let found = 0;
    for (let i = 0; i < ASKED; i++) {
      const query = rowAt(queries, i, D);
      found += countFound(await truth.search(query, { k: K }), await asked.search(query, { k: K }));
    }
    return found / (ASKED * K);
  };
  expect(index.candidates).toBeDefined();
  expect(await recallOf(index), `seed ${seed}`).toBeGreaterThanOrEqual(0.99);
  expect(await recallOf(opened), `opened again, seed ${seed}`).toBeGreaterThanOrEqual(0.99);
});

test.each([0.5, 0.3])(
  "a graph finds the nearest of %f of the rows, which lie where its walks miss many",
  async (share) => {
    const [count, dimensions] = [12_000, 32];
    const random = seeded(seed);
    const draw = (rows: number) => {
      const vectors = new Float32Array(rows * dimensions);
      for (let row = 0; row < rows; row++) {
        const length = Math.exp(1.2 * gauss(random)) / Math.sqrt(dimensions);
        for (let i = 0; i < dimensions; i++) vectors[row * dimensions + i] = length * gauss(random);
      }
      return vectors;
    };
    const [vectors, queries] = [draw(count), draw(100)];
    const filter = new Uint32Array(count / 32);
    for (let row = 0; row < count; row++) if (random() < share) filter[row >>> 5]! |= 1 << (row & 31);
    const truth = await (await loadExactIndex()).create(dimensions);
    const index = await (await loadHnswIndex()).create(dimensions);
    for (const each of [truth, index]) await each.add(rowsFrom(0, count), vectors);
    await index.holdRecall();
    const found = await recallOf(index, truth, { queries, k: K, filter });
    expect(found, `seed ${seed}`).toBeGreaterThanOrEqual(0.99);
  },
);
