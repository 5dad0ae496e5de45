import type { VectorIndex } from "@pipit/core";
import { type Asked, recallOf, rowsFrom, truthOf } from "@pipit/test/fixtures/recall";
import { below, clusteredVectors, rowAt, seeded, uniformVectors, unitRows } from "@pipit/test/fixtures/seeded";
import { describe, expect, test } from "vitest";
import { loadHnswIndex } from "../../node.ts";
import { inspectGraph } from "./graph-report.ts";

const seed = Number(process.env.PIPIT_SEED ?? 20);
const kind = await loadHnswIndex();
const K = 10;

interface Data {
  readonly name: string;
  readonly count: number;
  readonly dimensions: number;
  /** Even data has no structure to follow and needs a wider walk for the same recall. */
  readonly ef?: number;
  draw(count: number): Float32Array;
}

const clustered: Data = dataOf("clustered", 5000, 64);
const wide: Data = dataOf("clustered, wide", 2000, 384);
const even: Data = { ...dataOf("even", 5000, 64), ef: 128, draw: evenDraw(64) };

describe.each([clustered, wide, even])("$name data, $count x $dimensions", (data) => {
  const [base, queries] = [data.draw(data.count), data.draw(100)];
  const rows = rowsFrom(0, data.count);
  const both = (async () => {
    const index = await kind.create(data.dimensions);
    await index.add(rows, base);
    return { index, truth: await truthOf(rows, base) };
  })();

  test("recall@10 is at least .95", async () => {
    const { index, truth } = await both;
    await expectRecall(`${data.name}`, [index, truth], { queries, k: K, ...efOf(data) });
  });

  test.each([50, 10, 1])("recall@10 is at least .95 when %i of a hundred rows are allowed", async (percent) => {
    const { index, truth } = await both;
    const filter = shareOf(data.count, percent / 100);
    await expectRecall(`${data.name}, ${percent} %`, [index, truth], { queries, k: K, filter, ...efOf(data) });
  });

  test("every node can be reached on every level, and each link leads back", async () => {
    const { levels, faults } = inspectGraph((await both).index);
    expect(faults).toEqual([]);
    for (const { nodes, reachable } of levels) expect(reachable).toBe(nodes);
  });
});

test("recall stays when half of the rows are removed and others replaced, twice over", async () => {
  const random = seeded(seed + 1);
  const index = await kind.create(64);
  const truth = await truthOf(Uint32Array.of(0), clustered.draw(1));
  for (const each of [index, truth]) await each.remove(Uint32Array.of(0));
  for (let round = 0; round < 2; round++) {
    const vectors = clustered.draw(2500);
    const gone = rowsFrom(0, 2500).filter(() => random() < 0.5);
    for (const each of [index, truth]) {
      await each.add(rowsFrom(0, 2500), vectors);
      await each.remove(gone);
    }
  }
  const { levels, faults } = inspectGraph(index);
  expect(faults).toEqual([]);
  for (const { nodes, reachable } of levels) expect(reachable).toBe(nodes);
  await expectRecall("after churn", [index, truth], { queries: clustered.draw(100), k: K });
});

test("recall stays when one vector occurs a thousand times", async () => {
  const vectors = clustered.draw(3000);
  for (let row = 1000; row < 2000; row++) vectors.copyWithin(row * 64, 0, 64);
  const index = await kind.create(64);
  await index.add(rowsFrom(0, 3000), vectors);
  const truth = await truthOf(rowsFrom(0, 3000), vectors);
  await expectRecall("many equal", [index, truth], { queries: vectors.slice(2100 * 64, 2200 * 64), k: K });
});

test("rows far from the query are found when only they are allowed", async () => {
  const [base, far] = [clustered.draw(3000), clustered.draw(1)];
  const index = await kind.create(64);
  await index.add(rowsFrom(0, 3000), base);
  const filter = new Uint32Array(94);
  const opposite = await index.search(
    far.map((x) => -x),
    { k: 1500 },
  );
  for (const row of opposite.rows) filter[row >>> 5]! |= 1 << (row & 31);
  const truth = await truthOf(rowsFrom(0, 3000), base);
  expect((await index.search(far, { k: 10, ef: 10, filter })).rows).toHaveLength(10);
  await expectRecall("far rows only", [index, truth], { queries: far, k: 10, ef: 10, filter });
});

// Codes of rows in one island err by more than their distances differ, and those that a walk comes to first err the least.
test.each([1, 2, 10])(
  "of %i neighbours in a tight island among even rows none is missed for the errors of codes",
  async (k) => {
    const [dimensions, count] = [16, 8000];
    const random = seeded(seed + 3);
    const centers = uniformVectors(random, 50, dimensions);
    const island = (rows: number) => {
      const noise = uniformVectors(random, rows, dimensions);
      const at = () => below(random, 50) * dimensions;
      const drawn = Array.from({ length: rows }, (_, i) => {
        const center = at();
        return rowAt(noise, i, dimensions).map((value, j) => 0.05 * value + centers[center + j]!);
      });
      return unitRows(Float32Array.from(drawn.flatMap((row) => [...row])), dimensions);
    };
    const base = Float32Array.from([...uniformVectors(random, count / 2, dimensions), ...island(count / 2)]);
    const index = await kind.create(dimensions);
    await index.add(rowsFrom(0, count), base);
    const truth = await truthOf(rowsFrom(0, count), base);
    await expectRecall("tight islands", [index, truth], { queries: island(300), k, ef: 400 }, 0.998);
  },
);

async function expectRecall(
  what: string,
  [index, truth]: readonly [VectorIndex, VectorIndex],
  asked: Asked,
  least = 0.95,
) {
  const recall = await recallOf(index, truth, asked);
  console.log(`recall@${asked.k} ${recall.toFixed(4)} (${what}, seed ${seed})`);
  expect(recall).toBeGreaterThanOrEqual(least);
}

function dataOf(name: string, count: number, dimensions: number): Data {
  const random = seeded(seed);
  const centers = uniformVectors(random, 40, dimensions);
  return { name, count, dimensions, draw: (rows) => clusteredVectors(random, rows, centers, dimensions) };
}

function evenDraw(dimensions: number): Data["draw"] {
  const random = seeded(seed);
  return (rows) => uniformVectors(random, rows, dimensions);
}

function efOf({ ef }: Data): { ef?: number } {
  return ef === undefined ? {} : { ef };
}

function shareOf(count: number, share: number): Uint32Array {
  const random = seeded(seed + 2);
  const bitmap = new Uint32Array(Math.ceil(count / 32));
  for (let left = Math.round(count * share); left > 0; left--) {
    const row = below(random, count);
    bitmap[row >>> 5]! |= 1 << (row & 31);
  }
  return bitmap;
}
