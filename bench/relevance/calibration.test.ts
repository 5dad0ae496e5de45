import { expect, test } from "vitest";
import { calibrationError, logLoss, type Prediction } from "./calibration.ts";

const predictions = (probability: number, right: number, count: number): Prediction[] =>
  Array.from({ length: count }, (_, i) => ({ probability, isRight: i < right }));

test("probabilities that come true as often as they say have no error", () => {
  expect(calibrationError(predictions(0.5, 0, 0))).toBe(0);
  const right = Array.from({ length: 100 }, (_, i) => ({ probability: 0.5, isRight: i % 2 === 0 }));
  expect(calibrationError(right)).toBeCloseTo(0, 12);
});

test("the error is the distance of what was said from what came true", () => {
  expect(calibrationError(predictions(0.9, 0, 50))).toBeCloseTo(0.9, 12);
});

test("errors of high and low probabilities do not cancel each other", () => {
  expect(calibrationError([...predictions(0.2, 10, 10), ...predictions(0.8, 0, 10)])).toBeCloseTo(0.8, 12);
});

test("the loss of a certain mistake is finite, and that of a coin is the logarithm of 2", () => {
  expect(logLoss(predictions(1, 0, 1))).toBeGreaterThan(20);
  expect(Number.isFinite(logLoss(predictions(1, 0, 1)))).toBe(true);
  expect(logLoss(predictions(0.5, 1, 2))).toBeCloseTo(Math.LN2, 12);
});
