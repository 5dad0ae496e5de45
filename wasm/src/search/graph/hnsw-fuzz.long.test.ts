import type { NeighborQuery } from "@pipit/core";
import { below, type Random, seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import { expect, test } from "vitest";
import { loadBuild } from "../../node.ts";
import { METRICS, type Metric, ORIGINALS, type Originals } from "../options.ts";
import { inspectGraph } from "./graph-report.ts";
import { createHnsw } from "./hnsw.ts";
import type { HnswIndex } from "./hnsw-index.ts";

/**
 * Random sequences of every call, held against a map and an exact scan in double precision. Small graphs of few links,
 * where places run out and entry points go; some of thousands of rows, where filters are walked and slots are renumbered.
 */
const FIRST = Number(process.env.PIPIT_SEED ?? 1);
const [RUNS, STEPS, LARGE_RUNS, LARGE_STEPS] = process.env.PIPIT_FULL ? [100, 120, 6, 120] : [18, 40, 1, 20];
const EF = 64;
const modules = [await loadBuild("relaxed"), await loadBuild("simd")] as const;

interface Shape {
  readonly dimensions: number;
  readonly m: number;
  readonly metric: Metric;
  readonly originals: Originals;
  readonly efConstruction: number;
  /** Rows are drawn below it. */
  readonly rows: number;
}

interface Run {
  readonly shape: Shape;
  readonly random: Random;
  readonly model: Map<number, Float32Array>;
  index: HnswIndex;
  found: number;
  expected: number;
}

const seedsFrom = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i);

test.each(seedsFrom(FIRST, RUNS))(
  "any sequence of calls answers as a map does (seed %i)",
  async (seed) => {
    await play(seed, { rows: 350, steps: STEPS });
  },
  120_000,
);

test.each(seedsFrom(FIRST + 10_000, LARGE_RUNS))(
  "so it is with thousands of rows (seed %i)",
  async (seed) => {
    await play(seed, { rows: 9000, steps: LARGE_STEPS });
  },
  600_000,
);

async function play(seed: number, { rows, steps }: { readonly rows: number; readonly steps: number }): Promise<void> {
  const random = seeded(seed);
  const shape = { ...drawShape(random, rows > 1000 ? 16 : 70), rows };
  const index = await createHnsw(modules[0], shape).create(shape.dimensions);
  const run: Run = { shape, random, model: new Map(), index, found: 0, expected: 0 };
  for (let step = 0; step < steps; step++) {
    const name = pick(random, CALLS);
    await CALL[name](run);
    const where = `seed ${seed}, step ${step}, ${name}, ${JSON.stringify(shape)}`;
    expect(run.index.stats().count, where).toBe(run.model.size);
    expectWhole(run.index, where);
    await expectAnswers(run, where);
  }
  const recall = run.expected === 0 ? 1 : run.found / run.expected;
  expect(recall, `recall, seed ${seed}, ${JSON.stringify(shape)}`).toBeGreaterThanOrEqual(0.95);
}

function drawShape(random: Random, widest: number): Omit<Shape, "rows"> {
  return {
    dimensions: 1 + below(random, widest),
    m: random() < 0.5 ? 4 + below(random, 3) : 4 + below(random, 61),
    metric: pick(random, METRICS),
    originals: pick(random, ORIGINALS),
    efConstruction: 40 + below(random, 60),
  };
}

const CALL = {
  async add({ index, model, random, shape }: Run) {
    const rows = Uint32Array.from({ length: 1 + below(random, shape.rows >> 3) }, () => below(random, shape.rows));
    const vectors = drawVectors(random, rows.length, shape);
    await index.add(rows, vectors);
    for (const [i, row] of rows.entries()) model.set(row, at(vectors, i, shape));
  },
  async "add all of a range"({ index, model, random, shape }: Run) {
    const from = below(random, shape.rows);
    const rows = Uint32Array.from({ length: below(random, shape.rows) }, (_, i) => (from + i) % shape.rows);
    const vectors = drawVectors(random, rows.length, shape);
    await index.add(rows, vectors);
    for (const [i, row] of rows.entries()) model.set(row, at(vectors, i, shape));
  },
  async "add one many times"({ index, model, random, shape }: Run) {
    const rows = new Uint32Array(2 + below(random, 8)).fill(below(random, shape.rows));
    const vectors = drawVectors(random, rows.length, shape);
    await index.add(rows, vectors);
    model.set(rows[0]!, at(vectors, rows.length - 1, shape));
  },
  async "add equal vectors"({ index, model, random, shape }: Run) {
    const rows = Uint32Array.from({ length: 1 + below(random, 40) }, () => below(random, shape.rows));
    const one = drawVectors(random, 1, shape);
    const vectors = Float32Array.from({ length: rows.length * shape.dimensions }, (_, i) => one[i % shape.dimensions]!);
    await index.add(rows, vectors);
    for (const row of rows) model.set(row, one);
  },
  async remove({ index, model, random, shape }: Run) {
    const rows = Uint32Array.from({ length: 1 + below(random, shape.rows >> 2) }, () => below(random, shape.rows));
    const present = new Set(rows).size - [...new Set(rows)].filter((row) => !model.has(row)).length;
    expect(await index.remove(rows)).toBe(present);
    for (const row of rows) model.delete(row);
  },
  async "remove nearly all"({ index, model, random }: Run) {
    const kept = below(random, 3);
    const rows = Uint32Array.from([...model.keys()].slice(kept));
    expect(await index.remove(rows)).toBe(rows.length);
    for (const row of rows) model.delete(row);
  },
  async compact({ index }: Run) {
    await index.compact();
  },
  async "save and open"(run: Run) {
    const { random, shape, index } = run;
    run.index = await createHnsw(pick(random, modules)).open(await index.save(), shape.dimensions);
  },
  async recall({ index }: Run) {
    const { recall } = await index.recall({ scans: 4, ef: EF });
    if (recall !== undefined) expect(recall).toBeLessThanOrEqual(1);
  },
  async "search in no time"({ index, random, shape, model }: Run) {
    const { rows } = await index.search(drawVectors(random, 1, shape), { k: 5, deadline: 0 });
    for (const row of rows) expect(model.has(row)).toBe(true);
  },
  async "search for a target"({ index, random, shape, model }: Run) {
    await index.measureCurve({ target: 0.9, clock: () => 0, scans: 2 });
    const { rows } = await index.search(drawVectors(random, 1, shape), { k: 5, target: 0.9 });
    expect(rows.length).toBe(Math.min(5, model.size));
  },
} as const;

const CALLS = [
  ...(["add", "add", "add", "add all of a range", "add one many times", "add equal vectors"] as const),
  ...(["remove", "remove", "remove nearly all", "compact", "save and open", "recall"] as const),
  ...(["search in no time", "search for a target"] as const),
];

async function expectAnswers(run: Run, where: string): Promise<void> {
  const { random, shape } = run;
  const filter = Uint32Array.from({ length: 1 + below(random, shape.rows >> 5) }, () => below(random, 2 ** 32));
  const k = pick(random, [1, 10, 10, 30, shape.rows + 5]);
  for (const asked of [
    { k, ef: EF },
    { k, ef: EF, filter },
  ])
    await expectAnswer(run, asked, where);
}

async function expectAnswer(run: Run, asked: NeighborQuery, where: string): Promise<void> {
  const { index, model, random, shape } = run;
  const query = drawVectors(random, 1, shape);
  const isAllowed = (row: number) => !asked.filter || (((asked.filter[row >>> 5] ?? 0) >>> (row & 31)) & 1) === 1;
  const allowed = [...model.keys()].filter(isAllowed);
  const { rows, distances, partial } = await index.search(query, asked);
  expect(partial, where).toBeUndefined();
  expect(rows.length, where).toBe(Math.min(asked.k, allowed.length));
  expect(new Set(rows).size, where).toBe(rows.length);
  for (const [i, row] of rows.entries()) {
    if (!isAllowed(row) || !model.has(row)) expect.fail(`row ${row} is not allowed: ${where}`);
    const error = Math.abs(distances[i]! - distance(query, model.get(row)!, shape));
    if (!(error <= doubt(query, model.get(row)!, shape)))
      expect.fail(`distance of row ${row} is off by ${error}: ${where}`);
    if (distances[i]! < distances[i - 1]!) expect.fail(`distances fall at ${i}: ${where}`);
  }
  const ranked = allowed.map((row) => distance(query, model.get(row)!, shape)).sort((a, b) => a - b);
  tally(run, rows, { query, farthest: ranked[rows.length - 1] ?? 0 });
}

/** By distance, since of equally near rows any will do. */
function tally(run: Run, rows: Uint32Array, { query, farthest }: { query: Float32Array; farthest: number }): void {
  const { model, shape } = run;
  run.expected += rows.length;
  for (const row of rows) {
    const vector = model.get(row)!;
    if (distance(query, vector, shape) <= farthest + doubt(query, vector, shape)) run.found++;
  }
}

function distance(one: Float32Array, other: Float32Array, { metric }: Shape): number {
  if (metric === "squared-l2") return one.reduce((sum, x, i) => sum + (x - other[i]!) ** 2, 0);
  const product = one.reduce((sum, x, i) => sum + x * other[i]!, 0);
  return 1 - (metric === "cosine" ? product / (lengthOf(one) * lengthOf(other)) : product);
}

/** How far a measured distance may be off: rounding of singles, halves, or codes of 8 bits, with what the lengths make of it. */
function doubt(one: Float32Array, other: Float32Array, { metric, originals }: Shape): number {
  const step = { f32: 1e-5, f16: 2e-3, none: 0.04 }[originals];
  const [a, b] = metric === "cosine" ? [1, 1] : [lengthOf(one), lengthOf(other)];
  return step * (metric === "squared-l2" ? (a + b) ** 2 : 1 + a * b);
}

function lengthOf(vector: Float32Array): number {
  return Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
}

/** Directions, and lengths where the metric knows them. */
function drawVectors(random: Random, count: number, { dimensions, metric }: Shape): Float32Array {
  const units = uniformVectors(random, count, dimensions);
  if (metric === "inner-product") return units;
  const lengths = Float32Array.from({ length: count }, () => 0.5 + random() * (metric === "cosine" ? 100 : 1));
  return units.map((x, i) => x * lengths[Math.floor(i / dimensions)]!);
}

function at(vectors: Float32Array, i: number, { dimensions }: Shape): Float32Array {
  return vectors.slice(i * dimensions, (i + 1) * dimensions);
}

function expectWhole(index: HnswIndex, where: string): void {
  const { levels, faults } = inspectGraph(index);
  expect(faults, where).toEqual([]);
  for (const { nodes, reachable } of levels) expect(reachable, where).toBe(nodes);
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[below(random, from.length)]!;
}
