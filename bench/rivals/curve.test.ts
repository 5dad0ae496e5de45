import { describe, expect, test } from "vitest";
import type { Point } from "../bench.ts";
import { rateAtRecall } from "./curve.ts";

const point = (ef: number, recall: number, rate: number): Point => ({ ef, recall, rate, least: rate, std: 0 });

describe("the rate at a recall", () => {
  test("halfway in recall is the geometric mean of the neighbors' rates", () => {
    expect(rateAtRecall([point(10, 0.9, 40_000), point(20, 1, 10_000)], 0.95)).toBeCloseTo(20_000, 6);
  });

  test("at a measured recall is the measured rate", () => {
    const points = [point(10, 0.9, 400), point(20, 0.95, 300), point(40, 0.99, 100)];
    expect(rateAtRecall(points, 0.95)).toBeCloseTo(300, 9);
  });

  test("does not depend on the order of the points", () => {
    const points = [point(40, 1, 50), point(10, 0.8, 400), point(20, 0.9, 200)];
    expect(rateAtRecall(points, 0.95)).toBeCloseTo(100, 9);
  });

  test("is that of the smallest ef when it finds more already, since nothing was measured below it", () => {
    expect(rateAtRecall([point(10, 0.97, 400), point(20, 0.99, 200)], 0.95)).toBe(400);
  });

  test("is taken where the recall is first reached, though it may dip behind", () => {
    const points = [point(10, 0.9, 400), point(20, 0.96, 200), point(30, 0.94, 150), point(40, 0.97, 100)];
    expect(rateAtRecall(points, 0.96)).toBeCloseTo(200, 9);
  });

  test("is absent for a rival that never reaches the recall", () => {
    expect(rateAtRecall([point(10, 0.8, 400), point(200, 0.9, 20)], 0.95)).toBeUndefined();
  });

  test("is absent where nothing was measured", () => {
    expect(rateAtRecall([], 0.95)).toBeUndefined();
  });
});
