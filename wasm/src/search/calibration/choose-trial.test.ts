import { expect, test } from "vitest";
import type { Trial } from "./calibration-trial.ts";
import { chooseTrial, whyChosen } from "./choose-trial.ts";

const trial = (changes: Partial<Trial>): Trial => ({
  ...{ m: 16, efConstruction: 200, ef: 64, recall: 0.96 },
  ...{ mean: 1, p99: 2, buildMs: 100, bytesPerRow: 500 },
  ...changes,
});

test("the quickest that meets the recall is chosen", () => {
  const [slow, quick] = [trial({ mean: 2 }), trial({ m: 24, mean: 1 })];
  expect(chooseTrial([slow, quick], { recall: 0.95 })).toBe(quick);
});

test("fewer links win over a search a tenth quicker", () => {
  const [small, quick] = [trial({ m: 8, mean: 1.1 }), trial({ mean: 1 })];
  expect(chooseTrial([quick, small], { recall: 0.95 })).toBe(small);
});

test("of the same links the shorter build wins", () => {
  const [long, short] = [trial({}), trial({ efConstruction: 64, mean: 1.05 })];
  expect(chooseTrial([long, short], { recall: 0.95 })).toBe(short);
});

test("a quick one that misses the recall is not chosen", () => {
  const [good, poor] = [trial({}), trial({ mean: 0.1, recall: 0.9 })];
  expect(chooseTrial([poor, good], { recall: 0.95 })).toBe(good);
});

test("a quick one that misses the p99 is not chosen", () => {
  const [steady, uneven] = [trial({ mean: 2 }), trial({ mean: 1, p99: 9 })];
  expect(chooseTrial([uneven, steady], { recall: 0.95, p99: 5 })).toBe(steady);
});

test("when none is quick enough the least p99 that reaches the recall is chosen", () => {
  const [one, other, poor] = [trial({ p99: 8 }), trial({ p99: 7 }), trial({ p99: 1, recall: 0.5 })];
  expect(chooseTrial([one, other, poor], { recall: 0.95, p99: 5 })).toBe(other);
});

test("when none reaches the recall the nearest to it is chosen", () => {
  const [one, other] = [trial({ recall: 0.8 }), trial({ recall: 0.9 })];
  expect(chooseTrial([one, other], { recall: 0.95 })).toBe(other);
});

test("the reason names what was reached and what was wanted", () => {
  expect(whyChosen(trial({}), { recall: 0.95, p99: 5 })).toBe(
    "the cheapest that meets the target: recall 0.9600 of 0.95 wanted, p99 2.000 ms of 5 allowed",
  );
});

test("the reason says that no graph reached the recall", () => {
  expect(whyChosen(trial({ recall: 0.9 }), { recall: 0.95 })).toBe(
    "no graph reached the recall: recall 0.9000 of 0.95 wanted at best, at ef 64",
  );
});

test("the reason says that no graph was quick enough", () => {
  expect(whyChosen(trial({}), { recall: 0.95, p99: 1 })).toBe(
    "no graph that reached the recall was quick enough: recall 0.9600 of 0.95 wanted, p99 2.000 ms of 1 allowed at best",
  );
});
