import { gauss, seeded } from "@pipit/test/fixtures/seeded";
import { expect, test } from "vitest";
import { fitLogistic } from "./logistic.ts";

/** Labels drawn from the logistic model with these factors. */
function drawn(factors: readonly number[], intercept: number, count: number) {
  const random = seeded(17);
  const features = Array.from({ length: count }, () => Float64Array.from(factors, () => gauss(random)));
  const labels = features.map((values) => {
    const odds = factors.reduce((sum, factor, i) => sum + factor * values[i]!, intercept);
    return Number(random() < 1 / (1 + Math.exp(-odds)));
  });
  return { features, labels, weights: labels.map(() => 1) };
}

test("the regression finds the factors that drew its examples", () => {
  const { factors, intercept } = fitLogistic(drawn([2, 0.5], -1, 20_000), { ridge: 0 });
  expect(factors[0]).toBeCloseTo(2, 1);
  expect(factors[1]).toBeCloseTo(0.5, 1);
  expect(intercept).toBeCloseTo(-1, 1);
});

test("a factor that would be negative is 0", () => {
  expect(fitLogistic(drawn([1, -1], 0, 2_000), { ridge: 0 }).factors[1]).toBe(0);
});

test("an example of weight 2 counts as two", () => {
  const features = [1, 2, 3, 4].map((value) => Float64Array.of(value));
  const weighted = fitLogistic({ features, labels: [0, 1, 0, 1], weights: [1, 1, 2, 1] }, { ridge: 0.01 });
  const twice = fitLogistic(
    { features: [...features, features[2]!], labels: [0, 1, 0, 1, 0], weights: [1, 1, 1, 1, 1] },
    { ridge: 0.01 },
  );
  expect(weighted.factors[0]).toBeCloseTo(twice.factors[0]!, 6);
  expect(weighted.intercept).toBeCloseTo(twice.intercept, 6);
});

test("examples that a line separates have finite factors with a ridge", () => {
  const features = [-2, -1, 1, 2].map((value) => Float64Array.of(value));
  const { factors } = fitLogistic({ features, labels: [0, 0, 1, 1], weights: [1, 1, 1, 1] }, { ridge: 0.01 });
  expect(factors[0]).toBeGreaterThan(1);
  expect(factors[0]).toBeLessThan(20);
});
