import { expect, test } from "vitest";
import { goalsOf } from "./thresholds.ts";

const rows = [{ set: "guide", ranker: "starter", "nDCG@10": 0.7, "first five %": 91.5 }];
const of = { set: "guide", ranker: "starter" };

test("a threshold is met by the figure of its set and ranker, or not", () => {
  const goals = goalsOf(rows, [
    { ...of, figure: "nDCG@10", least: 0.7 },
    { ...of, figure: "first five %", least: 95 },
  ]);
  expect(goals.map(({ got, met }) => [got, met])).toEqual([
    [0.7, true],
    [91.5, false],
  ]);
});

test("a figure that must be small is met up to its threshold", () => {
  const goals = goalsOf(
    [{ ...of, ECE: 0.05 }],
    [
      { ...of, figure: "ECE", most: 0.05 },
      { ...of, figure: "ECE", most: 0.04 },
    ],
  );
  expect(goals.map(({ goal, met }) => [goal, met])).toEqual([
    ["<= 0.05", true],
    ["<= 0.04", false],
  ]);
});

test("a threshold of a ranker that did not run is no goal", () => {
  expect(goalsOf(rows, [{ set: "guide", ranker: "minilm", figure: "MRR", least: 0.5 }])).toEqual([]);
});
