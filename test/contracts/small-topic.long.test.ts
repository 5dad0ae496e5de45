import { loadExactIndex, loadHnswIndex, loadIndex } from "@pipit/wasm/node";
import { expect, test } from "vitest";
import { countFound } from "../fixtures/found.ts";
import { rowsFrom, truthOf } from "../fixtures/recall.ts";
import { clusteredVectors, rowAt, seeded, uniformVectors } from "../fixtures/seeded.ts";

const seed = Number(process.env.PIPIT_SEED ?? 5);
const [COUNT, DIMENSIONS, ASKED, K] = [20_000, 384, 25, 10];
const topics = [300, 500].flatMap((few) => [0.5, 0.1, 0.03].map((spread) => ({ few, spread })));

/** Ordinary rows, and among them a few of one topic: the nearer these are to each other, the less codes separate them. */
function withTopic({ few, spread }: (typeof topics)[number]) {
  const random = seeded(seed);
  const centers = uniformVectors(random, COUNT / 100, DIMENSIONS);
  const vectors = clusteredVectors(random, COUNT, centers, DIMENSIONS);
  const topic = uniformVectors(random, 1, DIMENSIONS);
  const about = () => unit(uniformVectors(random, 1, DIMENSIONS).map((x, i) => topic[i]! + spread * x));
  for (let i = 0; i < few; i++) vectors.set(about(), Math.floor(((i + 0.5) * COUNT) / few) * DIMENSIONS);
  return { vectors, queries: Array.from({ length: ASKED }, about) };
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((x) => x / length);
}

test.each(topics)("$few rows of a topic, $spread apart, are found by those who ask first", async (topic) => {
  const { vectors, queries } = withTopic(topic);
  const index = await (await loadIndex()).create(DIMENSIONS);
  await index.add(rowsFrom(0, COUNT), vectors);
  const truth = await truthOf(rowsFrom(0, COUNT), vectors);
  // Ef is measured with stored rows, few of which belong to the topic.
  await index.search(rowAt(vectors, 1, DIMENSIONS), { k: K });
  await index.whenSettled();
  let found = 0;
  for (const query of queries)
    found += countFound(await truth.search(query, { k: K }), await index.search(query, { k: K }));
  expect(found / (ASKED * K), `${index.candidates} candidates, seed ${seed}`).toBeGreaterThanOrEqual(0.99);
  await index.close();
});

test("a search that names an ef gets that ef, however inaccurate codes are", async () => {
  const { vectors, queries } = withTopic({ few: 300, spread: 0.03 });
  const index = await (await loadExactIndex({ firstPass: "bit" })).create(DIMENSIONS);
  await index.add(rowsFrom(0, COUNT), vectors);
  const truth = await truthOf(rowsFrom(0, COUNT), vectors);
  let found = 0;
  for (const query of queries)
    found += countFound(await truth.search(query, { k: K }), await index.search(query, { k: K, ef: 20 }));
  expect(found / (ASKED * K)).toBeLessThan(0.9);
});

test.each([
  { few: 300, spread: 0.2 },
  { few: 300, spread: 0.1 },
  { few: 500, spread: 0.2 },
])("a graph finds $few rows, $spread apart, that half of the bits of their codes do not tell apart", async (topic) => {
  const { found, narrow } = await graphOver(topic);
  expect(found, `seed ${seed}`).toBeGreaterThanOrEqual(0.99);
  expect(narrow, `seed ${seed}`).toBeGreaterThanOrEqual(0.96);
});

// The candidate list of the held ef has room for few of them, and their distances hardly lead to the nearest.
test("a graph walks on among 1,500 rows of a topic until few more enter its candidate list", async () => {
  const { found } = await graphOver({ few: 1_500, spread: 0.5 });
  expect(found, `seed ${seed}`).toBeGreaterThanOrEqual(0.98);
});

test.each([
  { few: 300, spread: 0.03 },
  { few: 500, spread: 0.03 },
  { few: 300, spread: 0.01 },
])("a graph links and walks $few rows, $spread apart, whose codes hardly tell them apart", async (topic) => {
  const { found, narrow, wide } = await graphOver(topic);
  expect(narrow).toBeLessThan(0.9);
  expect(found, `seed ${seed}`).toBeGreaterThanOrEqual(0.99);
  // The candidate list holds all rows of the topic, and originals decide.
  expect(wide).toBeGreaterThanOrEqual(0.995);
});

/** The recall of a graph: with its held ef, and with an ef of 96 and of 1,024. */
async function graphOver(topic: { few: number; spread: number }) {
  const { vectors, queries } = withTopic(topic);
  const index = await (await loadHnswIndex()).create(DIMENSIONS);
  await index.add(rowsFrom(0, COUNT), vectors);
  await index.holdRecall();
  const truth = await truthOf(rowsFrom(0, COUNT), vectors);
  let [found, narrow, wide] = [0, 0, 0];
  for (const query of queries) {
    const expected = await truth.search(query, { k: K });
    found += countFound(expected, await index.search(query, { k: K }));
    narrow += countFound(expected, await index.search(query, { k: K, ef: 96 }));
    wide += countFound(expected, await index.search(query, { k: K, ef: 1_024 }));
  }
  await index.close();
  const all = ASKED * K;
  return { found: found / all, narrow: narrow / all, wide: wide / all };
}
