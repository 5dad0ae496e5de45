import { expect, test } from "vitest";
import { type Evidence, fusedScores } from "./fused-scores.ts";

/** The same coverage for all, but where it is what a test is about. */
const scoresOf = (candidates: readonly Omit<Evidence, "coverage">[]) =>
  fusedScores(candidates.map((evidence) => ({ coverage: 0, ...evidence })));

const best = (candidates: readonly Omit<Evidence, "coverage">[]) => {
  const scores = scoresOf(candidates);
  return scores.indexOf(Math.max(...scores));
};

test("a candidate that is good in both is above those that are best in one", () => {
  expect(
    best([
      { cosine: 0.7, words: 0 },
      { cosine: 0.6, words: 9 },
      { cosine: 0.1, words: 10 },
      { cosine: 0.1, words: 1 },
    ]),
  ).toBe(1);
});

test("evidence that does not differ counts for nothing", () => {
  const candidates = [0.2, 0.5, 0.3].map((cosine) => ({ cosine, words: 4 }));
  expect(best(candidates)).toBe(1);
  expect(scoresOf(candidates.map(({ words }) => ({ cosine: 0.1, words })))).toEqual([0, 0, 0]);
});

test("the range of the evidence does not matter", () => {
  const candidates = [
    { cosine: 0.3, words: 2 },
    { cosine: 0.5, words: 1 },
    { cosine: 0.1, words: 7 },
  ];
  const scaled = candidates.map(({ cosine, words }) => ({ cosine, words: 1000 * words + 3 }));
  for (const [i, score] of scoresOf(scaled).entries()) expect(score).toBeCloseTo(scoresOf(candidates)[i]!, 12);
});

test("of two that are equally good the one with more of the query's words is above", () => {
  const evidence = { cosine: 0.5, words: 4 };
  const [some, all] = fusedScores([
    { ...evidence, coverage: 0.5 },
    { ...evidence, coverage: 1 },
  ]);
  expect(all).toBeGreaterThan(some!);
});

test("no candidates have no scores, and one has 0", () => {
  expect(fusedScores([])).toEqual([]);
  expect(scoresOf([{ cosine: 0.4, words: 3 }])).toEqual([0]);
});
