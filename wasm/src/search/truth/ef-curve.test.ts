import { describe, expect, test } from "vitest";
import { type CurvePoint, type EfCurve, efOnCurve, measureCurve } from "./ef-curve.ts";

const point = (ef: number, recall: number): CurvePoint => ({ ef, recall, median: ef / 100, p99: ef / 50 });
const curveOf = (points: [number, number][], exhausted = false): EfCurve => ({
  ...{ k: 10, count: 5000, exhausted },
  points: points.map(([ef, recall]) => point(ef, recall)),
});

describe("measuring", () => {
  const measured = async (
    goal: { k: number; count: number; target: number },
    recallOf = (ef: number) => 1 - 3 / ef,
  ) => {
    const curve = await measureCurve(async (ef) => point(ef, recallOf(ef)), goal);
    return { ...curve, efs: curve.points.map(({ ef }) => ef) };
  };

  test("doubles ef from k until the target is met", async () => {
    const { efs, exhausted } = await measured({ k: 10, count: 5000, target: 0.95 });
    expect([efs, exhausted]).toEqual([[10, 20, 40, 80], false]);
  });

  test("ends with the whole set when the target is not met before", async () => {
    const { efs, exhausted } = await measured({ k: 10, count: 100, target: 1 });
    expect([efs, exhausted]).toEqual([[10, 20, 40, 80, 100], true]);
  });

  test("goes no wider than 4096", async () => {
    const { efs, exhausted } = await measured({ k: 10, count: 1e6, target: 1 });
    expect([efs.at(-1), exhausted]).toEqual([4096, true]);
  });

  test("measures at k alone when the set is smaller than k", async () => {
    expect((await measured({ k: 10, count: 4, target: 1 })).efs).toEqual([10]);
  });
});

describe("reading", () => {
  const curve = curveOf([
    [10, 0.7],
    [20, 0.8],
    [40, 0.9],
    [80, 0.96],
  ]);

  test("answers the ef of a point that meets the target exactly", () => {
    expect(efOnCurve(curve, 0.9, 10)).toBe(40);
  });

  test("answers no wider than that point where rounding would", () => {
    const rounding = curveOf([
      [19, 0.5],
      [21, 0.9],
    ]);
    expect(efOnCurve(rounding, 0.9, 10)).toBe(21);
  });

  test("goes by the logarithm of ef between two points", () => {
    expect(efOnCurve(curve, 0.85, 10)).toBe(Math.ceil(20 * Math.SQRT2));
  });

  test("never asks for less when more recall is wanted", () => {
    const bumpy = curveOf([
      [10, 0.7],
      [20, 0.9],
      [40, 0.85],
      [80, 0.96],
    ]);
    const efs = Array.from({ length: 97 }, (_, i) => efOnCurve(bumpy, i / 100, 10)!);
    expect(efs).toEqual(efs.toSorted((one, other) => one - other));
  });

  test("believes no point more than a wider one", () => {
    const bumpy = curveOf([
      [10, 0.9],
      [20, 0.8],
      [40, 0.95],
    ]);
    expect(efOnCurve(bumpy, 0.9, 10)).toBeGreaterThan(20);
  });

  test("answers the least ef for a target that it meets at once", () => {
    expect(efOnCurve(curve, 0.5, 10)).toBe(10);
  });

  test("has no answer beyond its end while it could go on", () => {
    expect(efOnCurve(curve, 0.99, 10)).toBeUndefined();
  });

  test("answers with its widest ef when it is exhausted below the target", () => {
    const exhausted = curveOf(
      [
        [10, 0.7],
        [20, 0.8],
      ],
      true,
    );
    expect(efOnCurve(exhausted, 0.99, 10)).toBe(20);
  });

  test("widens in proportion for a k beyond its own", () => {
    expect(efOnCurve(curve, 0.9, 100)).toBe(400);
  });

  test("does not narrow for a k below its own", () => {
    expect(efOnCurve({ ...curve, k: 50 }, 0.9, 10)).toBe(40);
  });

  test("is never below k", () => {
    expect(efOnCurve(curveOf([[10, 1]]), 0.9, 11)).toBeGreaterThanOrEqual(11);
    expect(efOnCurve({ ...curve, k: 50 }, 0.5, 30)).toBeGreaterThanOrEqual(30);
    expect(efOnCurve(curve, 0.96, 5000)).toBe(5000);
  });

  test("is at most 4096", () => {
    expect(efOnCurve(curve, 0.96, 1000)).toBe(4096);
  });
});
