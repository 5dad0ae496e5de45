import { recallOf, rowsFrom, truthOf } from "@pipit/test/fixtures/recall";
import { below, clusteredVectors, type Random, seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import { expect, test } from "vitest";
import { loadBuild } from "../../node.ts";
import { inspectGraph } from "./graph-report.ts";
import { createHnsw } from "./hnsw.ts";
import type { HnswIndex } from "./hnsw-index.ts";

const seed = Number(process.env.PIPIT_SEED ?? 91);
// As many as leave some of the last segment free: a segment more is a quarter of so small an index.
const [COUNT, D] = process.env.PIPIT_FULL ? [8_000, 96] : [1700, 32];
const [TIMES, STEPS, K] = [10, 8, 10];
const kind = createHnsw(await loadBuild("simd"));

type Renew = (index: HnswIndex, rows: Uint32Array, vectors: Float32Array) => Promise<void>;

/** The ways in which a set is renewed, an eighth at a time. */
const RENEWALS: readonly [string, Renew][] = [
  ["written over", (index, rows, vectors) => index.add(rows, vectors)],
  [
    "removed, then added",
    async (index, rows, vectors) => {
      await index.remove(rows);
      await index.add(rows, vectors);
    },
  ],
  [
    "added under new numbers, the old ones removed",
    async (index, rows, vectors) => {
      const isFirst = (await index.remove(rows)) > 0;
      if (!isFirst) await index.remove(rows.map((row) => row + COUNT));
      await index.add(isFirst ? rows.map((row) => row + COUNT) : rows, vectors);
    },
  ],
];

test.each(RENEWALS)(
  "a set %s ten times over is found as well as a fresh one and takes no more room",
  async (name, renew) => {
    const random = seeded(seed);
    const centers = uniformVectors(random, 40, D);
    const draw = (count: number) => clusteredVectors(random, count, centers, D);
    const index = await kind.create(D);
    await index.add(rowsFrom(0, COUNT), draw(COUNT));
    for (let time = 0; time < TIMES; time++) await renewAll(random, (rows) => renew(index, rows, draw(rows.length)));
    const { churned, fresh, bytes } = await compare(index, draw);
    console.log(
      `recall@${K} ${churned.toFixed(4)}, fresh ${fresh.toFixed(4)}, bytes x ${bytes.toFixed(3)} (${name}, seed ${seed})`,
    );
    expect(churned).toBeGreaterThanOrEqual(fresh - 0.01);
    expect(bytes).toBeLessThanOrEqual(1.1);
    expectWhole(index);
  },
  600_000,
);

async function renewAll(random: Random, renew: (rows: Uint32Array) => Promise<void>): Promise<void> {
  const rows = rowsFrom(0, COUNT);
  for (let i = COUNT - 1; i > 0; i--) {
    const j = below(random, i + 1);
    [rows[i], rows[j]] = [rows[j]!, rows[i]!];
  }
  for (let step = 0; step < STEPS; step++)
    await renew(rows.subarray((step * COUNT) / STEPS, ((step + 1) * COUNT) / STEPS));
}

/** With an index that was given the same vectors at once. */
async function compare(index: HnswIndex, draw: (count: number) => Float32Array) {
  const kernel = index.opened();
  const slots = Array.from({ length: kernel.slots }, (_, slot) => slot).filter((slot) => kernel.holdsRow(slot));
  const rows = Uint32Array.from(slots, (slot) => kernel.rowOf(slot));
  const vectors = new Float32Array(rows.length * D);
  for (const [i, slot] of slots.entries()) vectors.set(kernel.originalOf(slot)!, i * D);
  expect(rows).toHaveLength(COUNT);
  const [fresh, truth] = [await kind.create(D), await truthOf(rows, vectors)];
  await fresh.add(rows, vectors);
  const asked = { queries: draw(300), k: K, ef: 16 };
  return {
    churned: await recallOf(index, truth, asked),
    fresh: await recallOf(fresh, truth, asked),
    bytes: index.stats().bytes / fresh.stats().bytes,
  };
}

test("a set written over in one call takes little more room than it had", async () => {
  const random = seeded(seed);
  const count = 6000;
  const index = await kind.create(D);
  await index.add(rowsFrom(0, count), uniformVectors(random, count, D));
  const before = index.stats().bytes;
  await index.add(rowsFrom(0, count), uniformVectors(random, count, D));
  expect(index.stats().bytes / before).toBeLessThanOrEqual(1.2);
});

function expectWhole(index: HnswIndex): void {
  const { levels, faults } = inspectGraph(index);
  expect(faults).toEqual([]);
  for (const { nodes, reachable } of levels) expect(reachable).toBe(nodes);
}
