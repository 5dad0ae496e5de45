import { loadHnswIndex } from "@pipit/wasm/node";
import { expect, test } from "vitest";
import { countFound } from "../fixtures/found.ts";
import { rowsFrom, truthOf } from "../fixtures/recall.ts";
import { clusteredVectors, rowAt, seeded, uniformVectors, unitRows } from "../fixtures/seeded.ts";

const seed = Number(process.env.PIPIT_SEED ?? 5);
const [EARLY, LATER, DIMENSIONS, ASKED, K] = [16_000, 4_000, 128, 25, 10];

function clusters(random: () => number, rows: number): Float32Array {
  return clusteredVectors(random, rows, uniformVectors(random, rows / 100, DIMENSIONS), DIMENSIONS);
}

/** Row-major unit vectors around one point, all at about the same distance from each other. */
function around(point: Float32Array, random: () => number, rows: number): Float32Array {
  const noise = uniformVectors(random, rows, DIMENSIONS);
  return unitRows(
    noise.map((x, i) => point[i % DIMENSIONS]! + 0.3 * x),
    DIMENSIONS,
  );
}

async function recallOf(index: { search: Searching }, vectors: Float32Array, queries: Float32Array): Promise<number> {
  const truth = await truthOf(rowsFrom(0, vectors.length / DIMENSIONS), vectors);
  let found = 0;
  for (let i = 0; i < ASKED; i++) {
    const query = rowAt(queries, i, DIMENSIONS);
    found += countFound(await truth.search(query, { k: K }), await index.search(query, { k: K }));
  }
  return found / (ASKED * K);
}

type Searching = (query: Float32Array, asked: { k: number }) => ReturnType<Truth["search"]>;
type Truth = Awaited<ReturnType<typeof truthOf>>;

test("a graph finds rows that are harder to search and came after its ef was measured", async () => {
  const random = seeded(seed);
  const point = uniformVectors(random, 1, DIMENSIONS);
  const vectors = new Float32Array((EARLY + LATER) * DIMENSIONS);
  vectors.set(clusters(random, EARLY));
  vectors.set(around(point, random, LATER), EARLY * DIMENSIONS);
  const index = await (await loadHnswIndex()).create(DIMENSIONS);
  await index.add(rowsFrom(0, EARLY), vectors.subarray(0, EARLY * DIMENSIONS));
  await index.holdRecall();
  await index.add(rowsFrom(EARLY, LATER), vectors.subarray(EARLY * DIMENSIONS));
  const queries = around(point, random, ASKED);
  expect(await recallOf(index, vectors, queries), `seed ${seed}`).toBeGreaterThanOrEqual(0.98);
  await index.close();
});

test("a graph that was opened again finds neighbours of queries unlike its rows before it has measured itself", async () => {
  const random = seeded(seed);
  const vectors = clusters(random, EARLY);
  const kind = await loadHnswIndex();
  const saved = await kind.create(DIMENSIONS);
  await saved.add(rowsFrom(0, EARLY), vectors);
  await saved.holdRecall();
  const index = await kind.open(await saved.save(), DIMENSIONS);
  const queries = uniformVectors(random, ASKED, DIMENSIONS);
  expect(await recallOf(index, vectors, queries), `seed ${seed}`).toBeGreaterThanOrEqual(0.99);
  await Promise.all([saved.close(), index.close()]);
});
