import { below, seeded } from "@pipit/test/fixtures/seeded";
import { expect, test } from "vitest";
import { equalRuns } from "./equal-runs.ts";

test.each([
  [[1, 1, 1, 1], 2, ["0-2", "2-4"]],
  [[9, 1, 1, 1], 2, ["0-1", "1-4"]],
  [[1, 1, 1, 9], 2, ["0-3", "3-4"]],
  [[5], 3, ["0-1"]],
  [[1, 1], 8, ["0-1", "1-2"]],
  [[], 2, []],
])("cuts %j into %d as %j", (weights, most, expected) => {
  expect(equalRuns(weights, most).map((run) => run.join("-"))).toEqual(expected);
});

test("covers all in order with no run empty, and none heavier than its share by more than one thing", () => {
  const random = seeded(5);
  for (let round = 0; round < 200; round++) {
    const weights = Array.from({ length: 1 + below(random, 60) }, () => 1 + below(random, 256));
    const most = 1 + below(random, 8);
    const runs = equalRuns(weights, most);
    const sum = (from: number, to: number) => weights.slice(from, to).reduce((all, weight) => all + weight, 0);
    expect(runs.flatMap(([from, to]) => weights.slice(from, to))).toEqual(weights);
    expect(runs.length).toBeLessThanOrEqual(most);
    for (const [from, to] of runs) {
      expect(to).toBeGreaterThan(from);
      expect(sum(from, to)).toBeLessThanOrEqual(sum(0, weights.length) / most + Math.max(...weights));
    }
  }
});
