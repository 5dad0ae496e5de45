import { expect, test } from "vitest";
import { AnswerReach } from "./answer-reach.ts";
import type { FoundTruth, TruthSample } from "./truth-sample.ts";

const ASKED = { k: 1, ef: 64 };

/** By a sample whose nearest neighbours lie so far away. */
async function measured(distances: readonly number[], beyond?: number): Promise<AnswerReach> {
  const reach = new AnswerReach();
  const found: FoundTruth[] = distances.map((distance) => ({ distances: Float32Array.of(distance), late: 0 }));
  const truth = { foundTruths: async () => found, recallBeyond: async () => beyond };
  await reach.measure(truth as unknown as TruthSample, () => expect.unreachable("nothing is searched"), ASKED);
  return reach;
}

const isBeyond = (reach: AnswerReach, distance: number) => reach.isBeyond(Float32Array.of(distance));

test("an answer may lie as far beyond the sample as its farthest lies beyond the next four", async () => {
  const reach = await measured([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
  expect([1.39, 1.41].map((distance) => isBeyond(reach, distance))).toEqual([false, true]);
});

test("where a few queries are of a sparse part, the many of a dense one make the reach no longer", async () => {
  const dense = Array.from({ length: 45 }, () => 0.02);
  const reach = await measured([...dense, 0.26, 0.27, 0.27, 0.28, 0.29, 0.29]);
  expect([0.31, 0.32].map((distance) => isBeyond(reach, distance))).toEqual([false, true]);
});

test("a sample of fewer counts as it is", async () => {
  const reach = await measured([0.2, 0.4]);
  expect([0.4, 0.41].map((distance) => isBeyond(reach, distance))).toEqual([false, true]);
});

test("what is found beyond the nearest is as measured, and nothing before that", async () => {
  expect(new AnswerReach().beyond).toBe(0);
  expect((await measured([0.1])).beyond).toBe(0);
  expect((await measured([0.1], 0.97)).beyond).toBe(0.97);
});
