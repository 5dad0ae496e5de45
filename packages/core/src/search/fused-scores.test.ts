import { expect, test } from "vitest";
import { fusedScores } from "./fused-scores.ts";

const best = (candidates: Parameters<typeof fusedScores>[0]) => {
  const scores = fusedScores(candidates);
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
  expect(fusedScores(candidates.map(({ words }) => ({ cosine: 0.1, words })))).toEqual([0, 0, 0]);
});

test("the range of the evidence does not matter", () => {
  const candidates = [
    { cosine: 0.3, words: 2 },
    { cosine: 0.5, words: 1 },
    { cosine: 0.1, words: 7 },
  ];
  const scaled = candidates.map(({ cosine, words }) => ({ cosine, words: 1000 * words + 3 }));
  for (const [i, score] of fusedScores(scaled).entries()) expect(score).toBeCloseTo(fusedScores(candidates)[i]!, 12);
});

test("no candidates have no scores, and one has 0", () => {
  expect(fusedScores([])).toEqual([]);
  expect(fusedScores([{ cosine: 0.4, words: 3 }])).toEqual([0]);
});
