import type { IndexKind, Neighbors, VectorIndex } from "@pipit/core";
import { expect, test } from "vitest";
import { truthOf } from "../../../test/fixtures/recall.ts";
import { below, type Random, seeded, uniformVectors } from "../../../test/fixtures/seeded.ts";
import { loadHnswIndex } from "../node.ts";
import { inspectGraph } from "./graph-report.ts";

const D = 12;
// A small graph, so that places run out and entry points go.
const kind = await loadHnswIndex({ m: 4, efConstruction: 20 });

interface Pair {
  readonly kind: IndexKind;
  index: VectorIndex;
  readonly truth: VectorIndex;
  readonly random: Random;
  found: number;
  wanted: number;
}

test.each([1, 2, 3, 4, 5, 6])("any sequence of calls answers as the truth does (seed %i)", async (seed) => {
  const random = seeded(seed);
  const truth = await truthOf(Uint32Array.of(0), uniformVectors(random, 1, D));
  await truth.remove(Uint32Array.of(0));
  const pair: Pair = { kind, index: await kind.create(D), truth, random, found: 0, wanted: 0 };
  for (let step = 0; step < 250; step++) {
    await oneStep(pair);
    await expectSameAnswer(pair);
    expectWhole(pair.index);
  }
  console.log(`recall ${(pair.found / pair.wanted).toFixed(3)} (seed ${seed})`);
  expect(pair.found / pair.wanted).toBeGreaterThanOrEqual(0.95);
});

async function oneStep(pair: Pair): Promise<void> {
  const choice = pair.random();
  if (choice < 0.55) await addSome(pair);
  else if (choice < 0.9) await removeSome(pair);
  else if (choice < 0.97) pair.index = await pair.kind.open(await pair.index.save(), D);
  else await removeAll(pair);
}

async function addSome({ index, truth, random }: Pair): Promise<void> {
  const rows = someRows(random);
  const vectors = uniformVectors(random, rows.length, D);
  await index.add(rows, vectors);
  await truth.add(rows, vectors);
}

async function removeSome({ index, truth, random }: Pair): Promise<void> {
  const rows = someRows(random);
  expect(await index.remove(rows)).toBe(await truth.remove(rows));
}

async function removeAll({ index, truth }: Pair): Promise<void> {
  const all = Uint32Array.from({ length: 400 }, (_, i) => i);
  expect(await index.remove(all)).toBe(await truth.remove(all));
}

async function expectSameAnswer(pair: Pair): Promise<void> {
  const { index, truth, random } = pair;
  const query = uniformVectors(random, 1, D);
  const filter = random() < 0.5 ? undefined : Uint32Array.from({ length: 10 }, () => below(random, 2 ** 32));
  const options = { k: 1 + below(random, 8), ef: 20 + below(random, 20), filter };
  const [got, expected] = [await index.search(query, options), await truth.search(query, options)];
  expect(index.stats().count).toBe(truth.stats().count);
  expect(got.rows.length).toBe(expected.rows.length);
  if (filter) for (const row of got.rows) expect((filter[row >>> 5]! >>> (row & 31)) & 1).toBe(1);
  tally(pair, got.rows, expected);
}

function tally(pair: Pair, rows: Uint32Array, expected: Neighbors): void {
  pair.wanted += expected.rows.length;
  pair.found += expected.rows.filter((row) => rows.includes(row)).length;
}

function expectWhole(index: VectorIndex): void {
  const { levels, faults } = inspectGraph(index);
  expect(faults).toEqual([]);
  expect(levels.map(({ reachable }) => reachable)).toEqual(levels.map(({ nodes }) => nodes));
}

function someRows(random: Random): Uint32Array {
  return Uint32Array.from({ length: 1 + below(random, 30) }, () => below(random, 320));
}
