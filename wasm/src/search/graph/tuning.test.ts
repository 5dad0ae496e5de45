import { expect, test } from "vitest";
import { readTuning, tunedEf, tuningNumbers } from "./tuning.ts";

const tuning = { recall: 0.95, k: 10, p99: 5, ef: 80, m: 24, efConstruction: 128 };

test.each([undefined, tuning, { ...tuning, p99: undefined }])("%o is read back as it was written", (written) => {
  expect(readTuning(tuningNumbers(written))).toEqual(written);
});

const wrong: [string, number[]][] = [
  ["five numbers", [0.95, 10, 0, 80, 24]],
  ["seven numbers", [0.95, 10, 0, 80, 24, 128, 1]],
  ["a recall of 0", [0, 10, 0, 80, 24, 128]],
  ["a recall beyond 1", [1.5, 10, 0, 80, 24, 128]],
  ["a recall of NaN", [Number.NaN, 10, 0, 80, 24, 128]],
  ["a k of 0", [0.95, 0, 0, 80, 24, 128]],
  ["a broken ef", [0.95, 10, 0, 80.5, 24, 128]],
  ["a p99 below 0", [0.95, 10, -1, 80, 24, 128]],
  ["an endless p99", [0.95, 10, Number.POSITIVE_INFINITY, 80, 24, 128]],
];
test.each(wrong)("%s are no calibration", (_, numbers) => {
  expect(() => readTuning(numbers)).toThrow(expect.objectContaining({ code: "bad-snapshot" }));
});

test("ef grows in proportion to a k beyond the calibrated one", () => {
  expect([1, 10, 15, 100].map((k) => tunedEf(tuning, k))).toEqual([80, 80, 120, 800]);
});
