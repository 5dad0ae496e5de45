import { expect, test } from "vitest";
import { type CallSet, type Rates, rateRows, timesOf } from "./comparison.ts";

const set: CallSet = { name: "alone", unit: "texts", count: 2, calls: [[[1]], [[2]]] };
const rates: Rates[] = [
  // The last round simulates a slow machine.
  { set, engine: "kernel-simd", rates: [30, 28, 3] },
  { set, engine: "ort-web-q8", rates: [10, 10, 1] },
];

test("engines are compared within each round, so that a slow round changes nothing", () => {
  expect(timesOf(rates, set, ["kernel-simd", "ort-web-q8"])).toBe(3);
});

test("an engine that was left out gives no ratio", () => {
  expect(timesOf(rates, set, ["kernel-simd", "ort-node-q8"])).toBeNaN();
  expect(rateRows(rates, "ort-node-q8")[0]).not.toHaveProperty("x ort-node-q8");
});

test("a row names the set, the engine and the unit", () => {
  const [row] = rateRows(rates, "ort-web-q8");
  expect(row).toMatchObject({ subject: "alone: kernel-simd", unit: "texts/s", median: 28, max: 30, "x ort-web-q8": 3 });
});
