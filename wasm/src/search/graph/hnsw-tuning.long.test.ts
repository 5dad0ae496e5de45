import { recallOf, rowsFrom, truthOf } from "@pipit/test/fixtures/recall";
import { rowAt, seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import { describe, expect, test, vi } from "vitest";
import { loadHnswIndex, type NodeHnswOptions } from "../../node.ts";
import type { HnswOptions } from "../options.ts";
import { inspectGraph } from "./graph-report.ts";
import type { HnswIndex } from "./hnsw-index.ts";
import { SearchKernel } from "./search-kernel.ts";

const [COUNT, D] = [1500, 24];
const vectors = uniformVectors(seeded(91), COUNT, D);
const queries = uniformVectors(seeded(92), 64, D);
const query = rowAt(queries, 0, D);
const truth = await truthOf(rowsFrom(0, COUNT), vectors);
// So few links that a narrow search misses much.
const POOR = { m: 4, efConstruction: 8 };
const QUICK = { rows: 300, asked: 20 };

async function filled(options: NodeHnswOptions = POOR, count = COUNT): Promise<HnswIndex> {
  const index = await (await loadHnswIndex(options)).create(D);
  await index.add(rowsFrom(0, count), vectors.subarray(0, count * D));
  return index;
}

/** The ef that a search used: the one that gives the same answer when it is named. */
async function answersLike(index: HnswIndex, ef: number): Promise<boolean> {
  const [unnamed, named] = await Promise.all([
    index.searchMany(queries, { k: 10 }),
    index.searchMany(queries, { k: 10, ef }),
  ]);
  return unnamed.every(({ rows }, i) => rows.join() === named[i]!.rows.join());
}

describe("calibrating", () => {
  test("gives searches that name nothing the recall asked for", async () => {
    const index = await filled({ ...POOR, ef: 10 });
    expect(await recallOf(index, truth, { queries, k: 10 })).toBeLessThan(0.9);
    const { tuning, met } = await index.calibrate({ recall: 0.97 }, QUICK);
    expect(met).toBe(true);
    expect(await answersLike(index, tuning.ef)).toBe(true);
    expect(await recallOf(index, truth, { queries, k: 10 })).toBeGreaterThanOrEqual(0.95);
  });

  test("leaves a search its own ef and its own target", async () => {
    const index = await filled();
    const before = await index.search(query, { k: 10, ef: 10 });
    await index.calibrate({ recall: 0.97 }, QUICK);
    expect(await index.search(query, { k: 10, ef: 10 })).toEqual(before);
    const low = await recallOf(index, truth, { queries, k: 10, target: 0.7 });
    expect(low).toBeLessThan(await recallOf(index, truth, { queries, k: 10 }));
  });

  test("comes before the ef of the options", async () => {
    const index = await filled({ ...POOR, ef: 10 });
    expect(await answersLike(index, 10)).toBe(true);
    const { tuning } = await index.calibrate({ recall: 0.97 }, QUICK);
    expect(await answersLike(index, tuning.ef)).toBe(true);
  });

  test("widens with a k beyond the calibrated one", async () => {
    const index = await filled();
    const { tuning } = await index.calibrate({ recall: 0.9 }, QUICK);
    const wide = { k: 40, ef: tuning.ef * 4 };
    expect(await index.search(query, { k: 40 })).toEqual(await index.search(query, wide));
  });

  test("goes by the queries it is given, which stored vectors only stand in for", async () => {
    const [given, none] = [await filled(), await filled()];
    const { tuning } = await given.calibrate({ recall: 0.97 }, { ...QUICK, queries });
    expect(tuning.ef).toBeGreaterThan((await none.calibrate({ recall: 0.97 }, QUICK)).tuning.ef);
    expect(await recallOf(given, truth, { queries, k: 10 })).toBeGreaterThanOrEqual(0.95);
  });

  test("is remembered by a snapshot", async () => {
    const index = await filled();
    const { tuning } = await index.calibrate({ recall: 0.97, p99: 1000 }, QUICK);
    const opened = await (await loadHnswIndex()).open(await index.save(), D);
    expect(opened.tuning).toEqual(tuning);
    expect(await answersLike(opened, tuning.ef)).toBe(true);
  });

  test("leaves the graph as it is", async () => {
    const index = await filled();
    const before = inspectGraph(index);
    await index.calibrate({ recall: 0.97 }, QUICK);
    expect(inspectGraph(index)).toEqual(before);
  });

  test("is not met when no search keeps within the p99", async () => {
    let now = 0;
    const index = await filled({ ...POOR, clock: () => now++ });
    const { met, tuning } = await index.calibrate({ recall: 0.9, p99: 0.5 }, QUICK);
    expect([met, tuning.p99]).toEqual([false, 0.5]);
  });

  test.each(["cosine", "squared-l2"] as const)("counts neighbours by the metric %s", async (metric) => {
    const index = await filled({ metric }, 400);
    // Lengths differ, so that another metric has other neighbours.
    const stretched = vectors.subarray(0, 400 * D).map((x, i) => x * (1 + (Math.floor(i / D) % 5)));
    await index.add(rowsFrom(0, 400), stretched);
    const { tried } = await index.calibrate({ recall: 0.99 }, QUICK);
    expect(tried.best.recall).toBeGreaterThanOrEqual(0.99);
  });

  test("of an index without f32 originals is refused", async () => {
    const index = await filled({ originals: "f16" }, 100);
    await expect(index.calibrate({ recall: 0.9 })).rejects.toMatchObject({ code: "unsupported" });
    await expect(index.rebuild()).rejects.toMatchObject({ code: "unsupported" });
  });

  test("of too few rows is refused", async () => {
    await expect((await filled(POOR, 5)).calibrate({ recall: 0.9 })).rejects.toMatchObject({ code: "bad-input" });
  });

  test("that is aborted changes nothing", async () => {
    const index = await filled(POOR, 200);
    const call = index.calibrate({ recall: 0.9 }, { ...QUICK, signal: AbortSignal.abort() });
    await expect(call).rejects.toMatchObject({ code: "aborted" });
    expect(index.tuning).toBeUndefined();
  });
});

test("a curve measured after calibrating finds ef for the calibrated recall anew", async () => {
  const index = await filled(POOR, 300);
  const { tuning } = await index.calibrate({ recall: 0.97 }, QUICK);
  await index.add(rowsFrom(300, COUNT - 300), vectors.subarray(300 * D));
  await index.measureCurve({ target: 0.97, clock: () => 0, scans: 64 });
  expect(index.tuning!.ef).toBeGreaterThan(tuning.ef);
});

test("a target is of no effect while no curve was measured", async () => {
  const index = await filled();
  expect(await index.search(query, { k: 10, target: 0.99 })).toEqual(await index.search(query, { k: 10 }));
});

test("a target that is no share is refused, also where a scan answers", async () => {
  const call = (await filled(POOR, 50)).search(query, { k: 1, target: 1.1, filter: Uint32Array.of(7) });
  await expect(call).rejects.toMatchObject({ code: "bad-input" });
});

describe("rebuilding", () => {
  test("makes the graph that was chosen, with every row and ef for the recall", async () => {
    const index = await filled();
    await index.remove(Uint32Array.of(3, 700));
    const { tuning } = await index.calibrate({ recall: 0.97 }, { ...QUICK, queries });
    const before = inspectGraph(index).levels[0]!;
    await index.rebuild();
    const { levels, faults } = inspectGraph(index);
    expect(index.opened().shape).toMatchObject({ m: tuning.m, efConstruction: tuning.efConstruction });
    expect([faults, levels[0]!.nodes, levels[0]!.reachable]).toEqual([[], COUNT - 2, COUNT - 2]);
    expect(levels[0]!.meanDegree).toBeGreaterThan(before.meanDegree);
    expect(index.tuning!.ef).toBeLessThan(tuning.ef);
    expect(await recallOf(index, truth, { queries, k: 10 })).toBeGreaterThanOrEqual(0.95);
  });

  test("keeps every vector to the bit", async () => {
    const index = await filled({ ...POOR, metric: "cosine" }, 200);
    const before = await index.search(query, { k: 200, ef: 200 });
    await index.rebuild({ m: 16, efConstruction: 64 });
    expect(await index.search(query, { k: 200, ef: 200 })).toEqual(before);
  });

  test("believes no curve of the graph that was", async () => {
    const index = await filled();
    await index.measureCurve({ target: 0.9, clock: () => 0, scans: 64 });
    await index.rebuild({ m: 16, efConstruction: 64 });
    expect(await index.search(query, { k: 10, target: 0.1 })).toEqual(await index.search(query, { k: 10 }));
  });

  test("builds with several threads, and lets those of the old graph go", async () => {
    const shape = { m: 12, efConstruction: 40 };
    const [alone, together] = [await filled(), await filled({ ...POOR, threads: 2 })];
    const stopping = vi.spyOn(together.opened(), "stopThreads");
    for (const index of [alone, together]) await index.rebuild(shape);
    expect(stopping).toHaveBeenCalledOnce();
    expect(await together.save()).toEqual(await alone.save());
    await together.close();
  });

  test("leaves the old graph when there is no room for another, and lets the new one's threads go", async () => {
    const index = await filled({ ...POOR, maxBytes: 2 ** 20 });
    const before = await index.search(query, { k: 10 });
    const stopThreads = vi.spyOn(SearchKernel.prototype, "stopThreads");
    await expect(index.rebuild({ m: 64, efConstruction: 8 })).rejects.toMatchObject({ code: "storage-full" });
    expect(stopThreads).toHaveBeenCalledOnce();
    stopThreads.mockRestore();
    expect(await index.search(query, { k: 10 })).toEqual(before);
  });

  test.each([
    { m: 3, efConstruction: 64 },
    { m: 16, efConstruction: 0 },
  ])("refuses the shape %o", async (shape) => {
    await expect((await filled(POOR, 50)).rebuild(shape)).rejects.toMatchObject({ code: "bad-input" });
  });
});

describe("a latency", () => {
  // Each reading of the clock takes so many milliseconds, and a search reads it twice.
  const paced = async (ms: number, options: HnswOptions = {}) => {
    let now = 0;
    return filled({ ...POOR, latency: 5, clock: () => (now += ms), ...options });
  };

  test("narrows searches that take longer, to 64 at least", async () => {
    const index = await paced(50);
    await index.searchMany(queries, { k: 10 });
    expect(await answersLike(index, 64)).toBe(true);
  });

  test("widens searches that take less, to 512 at most", async () => {
    const index = await paced(0.01);
    await index.searchMany(queries, { k: 10 });
    expect(await answersLike(index, 512)).toBe(true);
  });

  test("learns nothing from a search that names its own ef, from probes of recall or from scans", async () => {
    const index = await paced(50);
    await index.searchMany(queries, { k: 10, ef: 300 });
    await index.recall({ scans: 64 });
    await index.searchMany(queries, { k: 10, filter: Uint32Array.of(7) });
    const [first] = await index.searchMany(query, { k: 10 });
    expect(first).toEqual(await index.search(query, { k: 10, ef: 128 }));
  });

  test("begins from the calibration", async () => {
    const poor = await filled();
    await poor.calibrate({ recall: 0.995 }, QUICK);
    let now = 0;
    // Every search takes the latency itself, so that the pace stays where it begins.
    const kind = await loadHnswIndex({ latency: 5, clock: () => (now += 5) });
    const index = await kind.open(await poor.save(), D);
    expect(poor.tuning!.ef).toBeGreaterThan(128);
    expect(await answersLike(index, Math.min(512, poor.tuning!.ef))).toBe(true);
  });

  test.each([0, -1, Number.NaN])("of %d ms is refused", async (latency) => {
    await expect(loadHnswIndex({ latency })).rejects.toMatchObject({ code: "bad-input" });
  });
});

describe("many queries in one call", () => {
  test("are answered as one by one", async () => {
    const index = await filled();
    const answers = await index.searchMany(queries, { k: 7, ef: 30 });
    expect(answers).toHaveLength(64);
    for (const [i, answer] of answers.entries())
      expect(answer).toEqual(await index.search(rowAt(queries, i, D), { k: 7, ef: 30 }));
  });

  test("are none at all, and answered with nothing", async () => {
    expect(await (await filled(POOR, 5)).searchMany(new Float32Array(0), { k: 3 })).toEqual([]);
  });

  test("are refused together when one is no vector", async () => {
    const index = await filled(POOR, 50);
    const broken = queries.slice();
    broken[D * 5 + 2] = Number.NaN;
    await expect(index.searchMany(broken, { k: 3 })).rejects.toMatchObject({ code: "bad-vector" });
    await expect(index.searchMany(queries.subarray(1), { k: 3 })).rejects.toMatchObject({ code: "bad-vector" });
  });

  test("join the sample that recall is measured by", async () => {
    const index = await filled();
    await index.searchMany(queries.subarray(0, 20 * D), { k: 3 });
    const twin = await filled();
    for (let i = 0; i < 20; i++) await twin.search(rowAt(queries, i, D), { k: 3 });
    expect(await index.save()).toEqual(await twin.save());
  });
});
