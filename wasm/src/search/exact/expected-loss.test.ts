import { expect, test } from "vitest";
import { expectedLoss } from "./expected-loss.ts";

const at = (...distances: number[]) => Float32Array.from(distances);
const seen = (error: number) => ({ farthest: 0.5, error, spread: 0, lengths: 0 });

test("nothing is lost where no row was passed over, or nothing was found", () => {
  expect(expectedLoss({ ...seen(0.1), farthest: Number.POSITIVE_INFINITY }, at(0.5))).toBe(0);
  expect(expectedLoss(seen(0.1), at())).toBe(0);
});

const shares = [
  [0, 0.5],
  [1, 0.1587],
  [2, 0.02275],
  [2.3263, 0.01],
  [-1, 0.8413],
] as const;

test.each(shares)(
  "a neighbour %d deviations of 1.2 errors nearer than the farthest candidate is missed with probability %d",
  (deviations, loss) => {
    expect(expectedLoss(seen(0.0625), at(0.5 - 1.2 * deviations * 0.0625))).toBeCloseTo(loss, 3);
  },
);

test.each(shares)(
  "a neighbour whose own deviation lies %d times between it and the farthest candidate is missed with probability %d",
  (deviations, loss) => {
    const farthest = 0.25 + deviations * 0.1 * Math.sqrt(0.25);
    expect(expectedLoss({ farthest, error: 0.001, spread: 0.1, lengths: 0 }, at(0.25))).toBeCloseTo(loss, 3);
  },
);

test("the deviation is that of the distance in space, which lengths beyond 1 make larger", () => {
  const longer = { farthest: 0.25 + 0.1, error: 0.001, spread: 0.1, lengths: 0.75 };
  expect(expectedLoss(longer, at(0.25))).toBeCloseTo(0.1587, 3);
});

test("the loss is that of all neighbours in the mean", () => {
  expect(expectedLoss(seen(0.125), at(-10, 0.5))).toBeCloseTo(0.25, 5);
});

test("many certain neighbours make up for the last ones only so far: those that are alike are missed together", () => {
  const certain = new Float32Array(100).fill(-10);
  expect(expectedLoss(seen(0.125), certain.with(99, 0.5))).toBeCloseTo(0.5 / 3, 5);
});

test("codes without error lose what lies beyond the farthest candidate, and may lose what is as far", () => {
  expect([0.25, 0.5, 0.75].map((distance) => expectedLoss(seen(0), at(distance)))).toEqual([0, 0.5, 1]);
});
