import { exactIndex, type VectorIndex } from "@pipit/core";
import { rowAt, seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import { describe, expect, test } from "vitest";
import { type CalibrationParts, type CalibrationProgress, calibrate } from "./calibrate.ts";
import { calibrationTable } from "./calibration-table.ts";
import type { TrialIndex, TrialShape } from "./calibration-trial.ts";

const D = 8;
const vectors = uniformVectors(seeded(81), 400, D);

interface Model {
  /** Share of the true neighbours found, 0 to 1. */
  recall(shape: TrialShape, ef: number): number;
  /** Of one search. */
  ms(shape: TrialShape, ef: number): number;
}

// More links need a narrower walk and make each step dearer: 24 is the valley.
const VALLEY: Record<number, number> = { 8: 9, 12: 5, 16: 3, 24: 1, 32: 1.2, 48: 2 };
const valley: Model = {
  recall: (_, ef) => (ef >= 40 ? 1 : 0.5),
  ms: ({ m }, ef) => (VALLEY[m]! * ef) / 40,
};

/** Graphs that find and cost what a model says, on a clock of their own; an exact index answers for them. */
function workshop(model: Model = valley) {
  let now = 0;
  const built: TrialShape[] = [];
  const open = new Set<VectorIndex>();
  const stored: Float32Array[] = [];
  const asked = new Set<string>();
  const build = async (shape: TrialShape): Promise<TrialIndex> => {
    const exact = await exactIndex.create(D);
    built.push(shape);
    open.add(exact);
    return {
      add: async (rows, batch) => {
        now += rows.length;
        stored.push(batch.slice());
        await exact.add(rows, batch);
      },
      search: async (query, { k, ef = 0 }) => {
        now += model.ms(shape, ef);
        asked.add(query.join());
        const { rows, distances } = await exact.search(query, { k });
        const found = Math.round(k * model.recall(shape, ef));
        return { rows: rows.slice(0, found), distances: distances.slice(0, found) };
      },
      stats: () => ({ ...exact.stats(), bytes: exact.stats().count * 100 * shape.m }),
      close: async () => {
        open.delete(exact);
        await exact.close();
      },
    };
  };
  const parts: CalibrationParts = { vectors, dimensions: D, build, clock: () => now };
  return { parts, built, open, stored, asked };
}

const ms = (trial: { m: number; efConstruction: number }) => `${trial.m}/${trial.efConstruction}`;

describe("the answer", () => {
  test("is the cheapest graph and the least ef that meet the recall", async () => {
    const { m, efConstruction, ef, met } = await calibrate({ recall: 0.95 }, workshop().parts);
    expect({ m, efConstruction, met }).toEqual({ m: 24, efConstruction: 64, met: true });
    expect(ef).toBe(40);
  });

  test("says what the best trial measured", async () => {
    const { best } = await calibrate({ recall: 0.95 }, workshop().parts);
    expect(best).toMatchObject({ recall: 1, mean: expect.closeTo(1), p99: expect.closeTo(1) });
    expect(best).toMatchObject({ buildMs: 360, bytesPerRow: 2400 });
  });

  test("keeps within the p99", async () => {
    const { met, best } = await calibrate({ recall: 0.95, p99: 1.1 }, workshop().parts);
    expect([met, best.m]).toEqual([true, 24]);
  });

  test("is the quickest there is, and not met, when none keeps within the p99", async () => {
    const { met, why, m } = await calibrate({ recall: 0.95, p99: 0.5 }, workshop().parts);
    expect([met, m]).toEqual([false, 24]);
    expect(why).toMatch(/quick enough.* p99 1.000 ms of 0.5 allowed/);
  });

  test("is the nearest there is, and not met, when none reaches the recall", async () => {
    const poor: Model = { ...valley, recall: ({ m }) => (m === 24 ? 0.8 : 0.5) };
    const { met, why, m, ef } = await calibrate({ recall: 0.95 }, workshop(poor).parts);
    expect([met, m, ef]).toEqual([false, 24, 360]);
    expect(why).toMatch(/no graph reached the recall: recall 0.8000 of 0.95/);
  });

  test("is the same for the same seed", async () => {
    const [one, other] = [
      await calibrate({ recall: 0.95 }, workshop().parts),
      await calibrate({ recall: 0.95 }, workshop().parts),
    ];
    expect(one).toEqual(other);
  });

  test("counts recall over the k it is given", async () => {
    const { sample, ef } = await calibrate({ recall: 0.95 }, { ...workshop().parts, k: 100 });
    expect([sample.k, ef]).toEqual([100, 100]);
  });
});

describe("the walk", () => {
  const walk = async (model: Model, target = { recall: 0.95 }) => {
    const { parts, built } = workshop(model);
    await calibrate(target, parts);
    return built.map(ms);
  };

  test("goes to more links when fewer are no better, then to the shortest build that is as good", async () => {
    expect(await walk(valley)).toEqual(["16/200", "12/200", "24/200", "32/200", "24/128", "24/64"]);
  });

  test("goes to fewer links while they are as quick, and tries no more of them", async () => {
    const flat = { ...valley, ms: () => 1 };
    expect(await walk(flat)).toEqual(["16/200", "12/200", "8/200", "8/128", "8/64"]);
  });

  test("goes to a longer build when a shorter is slower", async () => {
    const long: Model = { ...valley, ms: ({ m, efConstruction }) => (VALLEY[m]! * 200) / efConstruction };
    expect((await walk(long)).slice(-2)).toEqual(["24/128", "24/400"]);
  });

  test("never builds more than nine graphs", async () => {
    const upward: Model = { ...valley, ms: ({ m, efConstruction }) => 1e6 / (m * m * efConstruction * efConstruction) };
    expect((await walk(upward)).length).toBeLessThanOrEqual(9);
  });
});

describe("the sample", () => {
  test("holds out a tenth of few vectors as queries", async () => {
    const { sample } = await calibrate({ recall: 0.95 }, workshop().parts);
    expect(sample).toEqual({ rows: 360, queries: 40, k: 10 });
  });

  test("is as large as it is told at most", async () => {
    const { sample } = await calibrate({ recall: 0.95 }, { ...workshop().parts, rows: 100, asked: 7 });
    expect(sample).toEqual({ rows: 100, queries: 7, k: 10 });
  });

  test("asks for no vector that it stored", async () => {
    const { parts, stored, asked } = workshop();
    await calibrate({ recall: 0.95 }, parts);
    const rows = stored.flatMap((batch) =>
      Array.from({ length: batch.length / D }, (_, i) => rowAt(batch, i, D).join()),
    );
    expect(asked.size).toBe(40);
    expect(rows.filter((row) => asked.has(row))).toEqual([]);
  });

  test("asks real queries where there are some, and stores all vectors then", async () => {
    const { parts, asked } = workshop();
    const queries = uniformVectors(seeded(82), 9, D);
    const { sample } = await calibrate({ recall: 0.95 }, { ...parts, queries });
    expect(sample).toEqual({ rows: 400, queries: 9, k: 10 });
    expect(asked).toEqual(new Set(Array.from({ length: 9 }, (_, i) => rowAt(queries, i, D).join())));
  });

  test("is another for another seed", async () => {
    const first = async (seed: number) => {
      const { parts, stored } = workshop();
      await calibrate({ recall: 0.95 }, { ...parts, seed });
      return stored[0];
    };
    expect(await first(1)).not.toEqual(await first(2));
  });
});

describe("while it works", () => {
  test("it tells before each trial what it tries and how far it is", async () => {
    const told: CalibrationProgress[] = [];
    const { parts, built } = workshop();
    await calibrate({ recall: 0.95 }, { ...parts, progress: (progress) => told.push(progress) });
    expect(told.map(({ shape }) => shape)).toEqual(built);
    expect(told.map(({ done }) => done)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(new Set(told.map(({ most }) => most))).toEqual(new Set([9]));
  });

  test("it pauses in the truth, between batches and between rounds", async () => {
    let pauses = 0;
    const pause = async () => {
      pauses++;
    };
    const { trials } = await calibrate({ recall: 0.95 }, { ...workshop().parts, pause });
    const [truths, batches, rounds] = [40, 2, 8];
    expect(pauses).toBeGreaterThanOrEqual(truths + trials.length * (batches + rounds));
  });

  test("its times leave out the pauses", async () => {
    const { parts } = workshop();
    let paused = 0;
    const pause = async () => {
      paused += 1000;
    };
    const { best } = await calibrate({ recall: 0.95 }, { ...parts, pause, clock: () => parts.clock() + paused });
    expect([best.mean, best.buildMs]).toEqual([expect.closeTo(1), 360]);
  });

  test("its times leave out the first round of an ef", async () => {
    const { parts } = workshop();
    let [cold, last] = [0, 0];
    const warm = new Set<Float32Array>();
    const build = async (shape: TrialShape): Promise<TrialIndex> => {
      const index = await parts.build(shape);
      const search: TrialIndex["search"] = (query, options) => {
        if (options.ef !== last) warm.clear();
        last = options.ef!;
        if (!warm.has(query)) cold += 100;
        warm.add(query);
        return index.search(query, options);
      };
      return { ...index, search };
    };
    const { best } = await calibrate({ recall: 0.95 }, { ...parts, build, clock: () => parts.clock() + cold });
    expect(best.p99).toBeCloseTo(1);
  });

  test("it closes each graph before it builds the next", async () => {
    const { parts, open } = workshop();
    const alive: number[] = [];
    const build = async (shape: TrialShape) => {
      const index = await parts.build(shape);
      alive.push(open.size);
      return index;
    };
    await calibrate({ recall: 0.95 }, { ...parts, build });
    expect([new Set(alive), open.size]).toEqual([new Set([1]), 0]);
  });

  test.each([1, 41, 45, 90])("an abort at pause %i ends it and leaves no graph open", async (at) => {
    const { parts, open } = workshop();
    const abort = new AbortController();
    let pauses = 0;
    const pause = async () => {
      if (++pauses === at) abort.abort();
    };
    const aborted = calibrate({ recall: 0.95 }, { ...parts, pause, signal: abort.signal });
    await expect(aborted).rejects.toMatchObject({ code: "aborted" });
    expect([pauses, open.size]).toEqual([at, 0]);
  });

  test("an abort in the middle of a build adds no further batch", async () => {
    const { parts } = workshop();
    const abort = new AbortController();
    let batches = 0;
    const build = async (shape: TrialShape): Promise<TrialIndex> => {
      const add = async () => {
        batches++;
        abort.abort();
      };
      return { ...(await parts.build(shape)), add };
    };
    const aborted = calibrate({ recall: 0.95 }, { ...parts, build, signal: abort.signal });
    await expect(aborted).rejects.toMatchObject({ code: "aborted" });
    expect(batches).toBe(1);
  });

  test("it hands on what a graph fails with, and leaves none open", async () => {
    const { parts, open } = workshop();
    const build = async (shape: TrialShape): Promise<TrialIndex> => {
      const index = await parts.build(shape);
      return { ...index, search: () => Promise.reject(new Error("full")) };
    };
    await expect(calibrate({ recall: 0.95 }, { ...parts, build })).rejects.toThrow("full");
    expect(open.size).toBe(0);
  });
});

describe("refused with bad-input", () => {
  const refused: [string, object, Partial<CalibrationParts>][] = [
    ["a recall of 0", { recall: 0 }, {}],
    ["a recall beyond 1", { recall: 1.1 }, {}],
    ["a recall of NaN", { recall: Number.NaN }, {}],
    ["a p99 of 0", { p99: 0 }, {}],
    ["a p99 of NaN", { p99: Number.NaN }, {}],
    ["a k of 0", {}, { k: 0 }],
    ["a broken k", {}, { k: 1.5 }],
    ["fewer vectors than k", {}, { vectors: vectors.subarray(0, 10 * D) }],
    ["no vectors", {}, { vectors: new Float32Array(0) }],
    ["half a vector", {}, { vectors: vectors.subarray(0, 20 * D + 1) }],
    ["half a query", {}, { queries: vectors.subarray(0, D + 1) }],
    ["no queries", {}, { queries: new Float32Array(0) }],
    ["no dimensions", {}, { dimensions: 0 }],
    ["a sample of a broken number of rows", {}, { rows: 20.5 }],
    ["broken dimensions", {}, { dimensions: 0.5 }],
    ["a sample that asks half a query", {}, { asked: 7.5 }],
    ["a broken seed", {}, { seed: 0.5 }],
    ["a sample that asks nothing", {}, { asked: 0 }],
  ];
  test.each(refused)("%s", async (_, target, changes) => {
    const { parts, built } = workshop();
    const calibration = calibrate({ recall: 0.95, ...target }, { ...parts, ...changes });
    await expect(calibration).rejects.toMatchObject({ code: "bad-input" });
    expect(built).toEqual([]);
  });
});

test("the table has a line for each trial, marks the answer and ends with the reason", async () => {
  const table = calibrationTable(await calibrate({ recall: 0.95 }, workshop().parts));
  expect(table.split("\n")).toEqual([
    "360 rows, 40 queries, recall@10",
    "   m  efConstruction  ef  recall  mean ms  p99 ms  build ms  bytes/row",
    "  16             200  40  1.0000    3.000   3.000       360       1600",
    "  12             200  40  1.0000    5.000   5.000       360       1200",
    "  24             200  40  1.0000    1.000   1.000       360       2400",
    "  32             200  40  1.0000    1.200   1.200       360       3200",
    "  24             128  40  1.0000    1.000   1.000       360       2400",
    "* 24              64  40  1.0000    1.000   1.000       360       2400",
    "the cheapest that meets the target: recall 1.0000 of 0.95 wanted",
  ]);
});
